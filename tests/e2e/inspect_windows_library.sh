#!/usr/bin/env bash
# inspect tells of a plugin for Windows what it tells of others, and that it cannot run here.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
for file in "$WINDOWS/class.dll" "$WINDOWS/class_stripped.dll"; do
    run 1 "$TENON" inspect "$file"
    is_empty err
    has out "$file: plugin com.example.shop.fixture 1.0.0" "KERNEL32.dll" "libstdc++-6.dll" "  image.wrong-system" \
        "$file: was built for Windows; this host runs on Linux" "Fix: Use the build for this system."
    grep -qE '^  build id +[0-9a-f]{32}$' out || fail "the build id is missing"
    run 1 "$TENON" inspect --types --json "$file"
    json_is plugin out 0 kind
    json_is com.example.shop.fixture out 0 plugin id
    json_is com.example.shop out 0 contracts 0 id
    json_length 1 out 0 problems
    json_is image.wrong-system out 0 problems 0 id
done

run 1 "$TENON" inspect --json "$WINDOWS/without_note.dll"
json_is none out 0 kind
json_is image.no-note out 0 problems 0 id

# A plugin that is named is refused with the same reason.
run 1 "$TENON" load "$WINDOWS/class.dll"
has out "plan.platform" "is built for windows-x86_64; this system is linux-x86_64"
