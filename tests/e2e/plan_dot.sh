#!/usr/bin/env bash
# plan --dot prints a graph that Graphviz draws.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 1 "$TENON" plan --dot "$FIXTURES/needs_lines" "$FIXTURES/draws_lines_2" "$FIXTURES/needs_much" --contract "$CONTRACT"
cp out plan.dot
run 0 dot -Tplain plan.dot
has out 'node "org.example.draws-lines"' '"org.example.needs-lines 1.0.0"'
has out 'edge "org.example.needs-lines" "org.example.draws-lines"' '"dependency org.example.draws-lines ^2"'
has out "node \"$FIXTURES/needs_much/needs_much.so\""
run 0 dot -Tsvg plan.dot
has out '</svg>'
run 2 "$TENON" plan --dot --json "$FIXTURES/needs_lines"
has err "--json excludes --dot"
