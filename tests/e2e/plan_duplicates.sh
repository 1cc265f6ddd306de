#!/usr/bin/env bash
# Two plugins with one id: refused, or the newest, or the one that is pinned; and it is said which, and why.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
both=("$FIXTURES/draws_lines_1" "$FIXTURES/draws_lines_2" --contract "$CONTRACT")
run 1 "$TENON" plan "${both[@]}"
has out "plan.duplicate-id" "$FIXTURES/draws_lines_1/draws_lines_1.so" "0 would start, 2 refused"
run 1 "$TENON" plan "${both[@]}" --duplicates newest
has out "  1. org.example.draws-lines 2.1.0" "plan.superseded" "1 would start, 1 refused"
run 1 "$TENON" plan "${both[@]}" --duplicates pinned
has out "plan.duplicate-id" "0 would start, 2 refused"
run 1 "$TENON" plan "${both[@]}" --pin org.example.draws-lines=1.0.0
has out "  1. org.example.draws-lines 1.0.0" "plan.superseded" "1 would start, 1 refused"
run 1 "$TENON" plan "${both[@]}" --pin "org.example.draws-lines=$FIXTURES/draws_lines_2/draws_lines_2.so"
has out "  1. org.example.draws-lines 2.1.0"
run 1 "$TENON" plan "${both[@]}" --pin org.example.draws-lines=7.0.0
has out "plan.pin-unmatched" "7.0.0"
run 2 "$TENON" plan "${both[@]}" --duplicates oldest
has err "--duplicates: oldest not in {refuse,newest,pinned}"
# The same file under two names is one plugin.
mkdir plugins
cp "$FIXTURES/draws_lines_1/draws_lines_1.so" plugins/lines-1.so
ln -s lines-1.so plugins/lines.so
run 0 "$TENON" plan plugins --contract "$CONTRACT"
has out "1 would start, 0 refused"
run 2 "$TENON" plan plugins --pin org.example.draws-lines=
has err '--pin: "org.example.draws-lines=" is not NAME=CHOICE; wanted one such as org.acme.spell=1.4.0'
