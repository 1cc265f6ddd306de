#!/usr/bin/env bash
# Files may be named in any order: a plugin is loaded after those that it needs.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" load --trust trusted "$PLUGINS/stats.so" "$PLUGINS/table-of-contents.so" "$CONTRACT"
has out "2 active, 0 not, 2 of 2 unmapped"
run 0 "$TENON" load --trust trusted "$PLUGINS/table-of-contents.so" "$CONTRACT" "$PLUGINS/stats.so"
has out "2 active, 0 not, 2 of 2 unmapped"
