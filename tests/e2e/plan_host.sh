#!/usr/bin/env bash
# [hosts] of a manifest is judged when the application says who it is.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
editor=("$TENON" plan "$FIXTURES/for_the_editor" --contract "$CONTRACT")
run 0 "${editor[@]}"
run 0 "${editor[@]}" --host org.acme.editor=2.3.0
run 1 "${editor[@]}" --host org.acme.editor=1.9.0
has out "plan.host" "org.acme.editor ^2.0" "1.9.0"
run 1 "${editor[@]}" --host org.acme.viewer=2.3.0
has out "plan.host" "org.acme.viewer"
run 2 "${editor[@]}" --host nonsense
has err '--host: "nonsense" is not an id'
run 2 "${editor[@]}" --host org.acme.editor=2
has err '--host: "2" is not a version'
run 2 "${editor[@]}" --host org.acme.editor=
has err '--host: "" is not a version'
