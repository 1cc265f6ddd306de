#!/usr/bin/env bash
# load tells what a plugin said that would not start; its words are made harmless.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 1 "$TENON" load ${TRUST:-} "$FIXTURES/refuses-to-start" --contract "$CONTRACT"
has out "plugin.start-failed" 'start failed: the harbour is \x1b[31mclosed' "0 active, 1 not"
lacks out $'\e'
lacks err $'\e'
