#!/usr/bin/env bash
# plan gives the order, and for each plugin what it starts after and why.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" plan "$FIXTURES/needs_lines" "$FIXTURES/draws_lines_2" --contract "$CONTRACT"
has out "  1. org.example.draws-lines 2.1.0 ($FIXTURES/draws_lines_2/draws_lines_2.so)" "     after nothing"
has out "  2. org.example.needs-lines 1.0.0 ($FIXTURES/needs_lines/needs_lines.so)"
has out "     after org.example.draws-lines (dependency org.example.draws-lines ^2)"
has out "2 would start, 0 refused"
run 1 "$TENON" plan "$FIXTURES/needs_lines" "$FIXTURES/draws_lines_1" --contract "$CONTRACT"
has out "  1. org.example.draws-lines 1.0.0"
has out "  -  org.example.needs-lines 1.0.0 ($FIXTURES/needs_lines/needs_lines.so) is refused"
has out "plan.dependency-version" "needs org.example.draws-lines ^2; found org.example.draws-lines 1.0.0 at $FIXTURES/draws_lines_1"
