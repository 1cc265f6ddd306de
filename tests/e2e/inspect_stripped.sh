#!/usr/bin/env bash
# inspect reads the same of a plugin without symbols and sections.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cp "$PLUGINS/stats.so" stats.so
run 0 "$TENON" inspect --types --json stats.so
json_is org.tenon.stats out 0 plugin id
json_length 6 out 0 contracts 0 types
mv out before
strip -s stats.so
! cmp -s stats.so "$PLUGINS/stats.so" || fail "strip changed nothing"
run 0 "$TENON" inspect --types --json stats.so
cmp before out || fail "strip changed what inspect says"
