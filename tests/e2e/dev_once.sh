#!/usr/bin/env bash
# tenon dev --once builds, loads, and ends with an exit code that says how it went.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/fixtures/dev/checkout.sh"
run 0 "$TENON" dev "${dev_options[@]}" --once -- sh signature/build.sh
is_empty err
has out "building: sh signature/build.sh" "built in " "offered org.tenon.pressroom 1.0.0" "org.example.signature 1.0.0: active"
lacks out "watching" $'\e'

run 1 "$TENON" dev signature --plugins signature/build --once -- true
has out "org.example.signature 1.0.0: failed" "needs contract org.tenon.pressroom ^1.0; nobody offers it"
run 1 "$TENON" dev "${dev_options[@]}" --once -- sh -c 'echo "a.cc:3:1: error: no" >&2; exit 3'
has out "dev.build-failed" "the build ended with exit code 3; nothing was loaded or reloaded" "Fix: Mend what it says above"
lacks out "offered" "active"
has err "a.cc:3:1: error: no"
run 1 "$TENON" dev "${dev_options[@]}" --once -- sh -c 'kill -KILL $$'
has out "dev.build-failed" "the build ended by signal 9; nothing was loaded or reloaded"
run 1 "$TENON" dev "${dev_options[@]}" --once -- ./no-such-program
has out "dev.build-not-started" "the build command ./no-such-program cannot be started: No such file or directory" \
    "Fix: Name a program and its arguments behind --"
mkdir empty
run 1 "$TENON" dev empty --once -- true
has out "load.no-plugins" "there is no plugin in what was named"
run 3 "$TENON" dev no-such-folder --once -- true
has out "file.unreadable" "no-such-folder"

# The words behind -- are the command's, whatever they look like.
run 0 "$TENON" dev "${dev_options[@]}" --once -- sh -c 'printf "%s," "$@"' sh --json -- inspect
has out "--json,--,inspect,"
