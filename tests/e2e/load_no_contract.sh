#!/usr/bin/env bash
# load refuses as a contract what is none.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 1 "$TENON" load "$PLUGINS/markdown.so" --contract "$PLUGINS/stats.so"
has out "load.no-contract" "$PLUGINS/stats.so: is a plugin, not the module of a contract" "Fix: Give the NAME.contract.so"
run 3 "$TENON" load "$PLUGINS/markdown.so" --contract missing.contract.so
has out "file.unreadable" "missing.contract.so: cannot be read"
