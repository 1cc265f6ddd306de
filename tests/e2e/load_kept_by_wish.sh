#!/usr/bin/env bash
# A plugin whose manifest says unload = "retire" stays mapped, which is told and is no fault.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" load --trust trusted "$FIXTURES/kept_by_wish" --contract "$CONTRACT"
has out "org.example.kept-by-wish was not unmapped" "unmap.kept" 'its manifest says unload = "retire"'
has out "1 active, 0 not, 0 of 1 unmapped"
