#!/usr/bin/env bash
# One refusal does not hide another: each problem of a plugin is told with its id, its evidence and its fix.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 1 "$TENON" list "$FIXTURES/needs_much" --host org.acme.editor=2.0.0
has out "org.example.needs-much  1.0.0    refused"
has out "plan.dependency-missing" "needs org.example.draws-circles ^1; no plugin has this id"
has out "plan.contract-missing" "needs contract org.tenon.pressroom ^1.0; nobody offers it"
has out "plan.host" "org.acme.viewer"
has out "0 would start, 1 refused"
