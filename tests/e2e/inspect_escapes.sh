#!/usr/bin/env bash
# Control characters in the names of files do not reach the terminal; JSON takes any byte.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cp "$PLUGINS/markdown.so" $'a\e[31m\xff.so'
run 0 "$TENON" inspect $'a\e[31m\xff.so'
has out 'a\x1b[31m\xff.so: plugin org.tenon.markdown'
lacks out $'\e'
run 0 "$TENON" inspect --json $'a\e[31m\xff.so'
json_is org.tenon.markdown out 0 plugin id
has out '\u001b[31m'
lacks out $'\e'
