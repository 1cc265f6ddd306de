#!/usr/bin/env bash
# On a machine without Landlock a confined plugin is refused with what is missing, unless the operator, and only he,
# accepts that; every listing says which it is.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
"$WITHOUT_LANDLOCK" true || { echo "filters of system calls are not allowed here"; exit 0; }
markdown=("$PLUGINS/markdown.so" --contract "$CONTRACT")
printf '[sandbox]\nallow_degraded = true\n' >accepting.toml
printf '[sandbox]\nwithout = ["landlock"]\n' >without.toml

for level in standard strict locked; do
    run 1 "$WITHOUT_LANDLOCK" "$TENON" load "${markdown[@]}" --trust "$level"
    has out "   $level; landlock is missing: not loaded" "sandbox.missing-feature" \
        "files: the layer landlock needs Landlock (Linux 5.13), and Linux $(uname -r) here has none" \
        "Fix: Use a kernel that is built with Landlock, or let the operator say allow_degraded."
    run 0 "$WITHOUT_LANDLOCK" "$TENON" load "${markdown[@]}" --trust "$level" --operator accepting.toml
    has out "   $level; degraded: landlock is missing (allow_degraded)" "1 active"
done
run 0 "$WITHOUT_LANDLOCK" "$TENON" load "${markdown[@]}" --operator without.toml
has out "   standard, without landlock" "1 active"
lacks out missing
run 0 "$WITHOUT_LANDLOCK" "$TENON" load "${markdown[@]}" --trust trusted
lacks out missing

for command in list plan; do
    run 0 "$WITHOUT_LANDLOCK" "$TENON" "$command" "${markdown[@]}"
    has out " standard; landlock is missing: not loaded"
    run 0 "$WITHOUT_LANDLOCK" "$TENON" "$command" "${markdown[@]}" --operator accepting.toml
    has out " standard; degraded: landlock is missing (allow_degraded)"
done
for command in list plan load; do
    run 0 "$WITHOUT_LANDLOCK" "$TENON" "$command" --json "${markdown[@]}" --operator accepting.toml
    json_is standard out plugins 0 sandbox level
    json_is landlock out plugins 0 sandbox missing 0
    json_is ON out plugins 0 sandbox allow_degraded
done
