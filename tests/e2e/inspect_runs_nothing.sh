#!/usr/bin/env bash
# inspect does not run a plugin's code; load does.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" inspect "$FIXTURES/says-that-it-runs/says-that-it-runs.so"
has out "org.example.says-that-it-runs 1.2.3" "org.tenon.pressroom/page_done        -5  NOTIFY"
is_empty err
run 0 "$TENON" load --trust trusted "$FIXTURES/says-that-it-runs" --contract "$CONTRACT"
has err "code of the plugin runs"
