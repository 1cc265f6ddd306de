#!/usr/bin/env bash
# Behind --, and as arguments of a command, names of options and commands are files.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cp "$PLUGINS/markdown.so" ./--json
cp "$PLUGINS/markdown.so" load
run 0 "$TENON" inspect -- --json
has out "--json: plugin org.tenon.markdown"
run 0 "$TENON" inspect load
has out "load: plugin org.tenon.markdown"
