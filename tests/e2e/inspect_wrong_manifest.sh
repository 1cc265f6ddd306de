#!/usr/bin/env bash
# inspect lists the problems of a manifest with file, line and column.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
file="$FIXTURES/wrong-manifest/wrong-manifest.so"
run 1 "$TENON" inspect "$file"
has out "$file: plugin with a wrong manifest" "$file!plugin.toml:3:" "version" "$file!plugin.toml:4:1: lisense:" "license" "Fix: " \
    "build id"
run 1 "$TENON" inspect --json "$file"
json_is plugin out 0 kind
json_is org.tenon.pressroom out 0 contracts 0 id
