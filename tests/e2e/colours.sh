#!/usr/bin/env bash
# Colours are for terminals only, and NO_COLOR and --no-color forbid them there, too.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
export TERM=xterm
unset NO_COLOR
command -v script >/dev/null || fail "the program script is missing"
on_terminal() { script -qec "$*" /dev/null </dev/null >out; }
colour=$'\e[1mplugin org.tenon.stats'
on_terminal "'$TENON' inspect '$PLUGINS/stats.so'"
has out "$colour"
on_terminal "'$TENON' inspect --no-color '$PLUGINS/stats.so'"
has out "org.tenon.stats"
lacks out $'\e'
on_terminal "'$TENON' --no-color inspect '$PLUGINS/stats.so'"
lacks out $'\e'
NO_COLOR=1 on_terminal "'$TENON' inspect '$PLUGINS/stats.so'"
lacks out $'\e'
TERM=dumb on_terminal "'$TENON' inspect '$PLUGINS/stats.so'"
lacks out $'\e'
run 0 "$TENON" inspect "$PLUGINS/stats.so"
lacks out $'\e'
