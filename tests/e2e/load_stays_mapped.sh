#!/usr/bin/env bash
# load tells which plugin stayed in memory, and why.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 1 "$TENON" load --trust trusted "$FIXTURES/stays-mapped" --contract "$CONTRACT"
has out "org.example.stays-mapped was not unmapped" "unmap.nodelete" "1 active, 0 not, 0 of 1 unmapped"
run 1 "$TENON" load --trust trusted --json "$FIXTURES/stays-mapped" --contract "$CONTRACT"
json_is active out plugins 0 state
json_is OFF out plugins 0 unmapped
json_is unmap.nodelete out plugins 0 left_mapped id
