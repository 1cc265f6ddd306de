#!/usr/bin/env bash
# list shows each plugin with version, state, name and file, in the order in which they would start.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" list "$PLUGINS" --contract "$CONTRACT"
has out "offered org.tenon.pressroom 1.0.0" "plugin " " version " " state " "org.tenon.markdown " "$PLUGINS/markdown.so"
has out "5 would start, 0 refused, 0 known from the cache"
[[ $(grep -c ' ready ' out) == 5 ]] || fail "five plugins are ready"
[[ $(grep -n '^org.tenon.table-of-contents' out | cut -d: -f1) -lt $(grep -n '^org.tenon.stats' out | cut -d: -f1) ]] ||
    fail "stats starts after the table of contents that it needs"
is_empty err
