#!/usr/bin/env bash
# Neither list nor plan runs anything of a plugin, not even what runs when a library is mapped.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" load --trust trusted "$FIXTURES/says-that-it-runs/says-that-it-runs.so" --contract "$CONTRACT"
has err "code of the plugin runs" # so it would be seen
for command in list plan; do
    run 0 "$TENON" "$command" "$FIXTURES/says-that-it-runs" --contract "$CONTRACT"
    has out "1 would start"
    is_empty err
done
