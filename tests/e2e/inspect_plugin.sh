#!/usr/bin/env bash
# inspect tells who a plugin is, what it needs and what it does.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" inspect "$PLUGINS/stats.so"
is_empty err
has out "$PLUGINS/stats.so: plugin org.tenon.stats 1.0.0" "  name         Statistics" "  licence      MIT" \
    "  description  Counts words and sections, and tells the reading time" "  uses         org.tenon.pressroom ^1.0, built with 1.0.0" \
    "  depends on   org.tenon.table-of-contents ^1.0" "libc.so.6"
grep -qE '^  ABI +0\.[0-9]+, requires 0\.[0-9]+$' out || fail "the ABI is missing"
grep -qE '^  build id +[0-9a-f]{40}$' out || fail "the build id is missing"
grep -qE '^  org\.tenon\.pressroom/after_render +10  FILTER  - +pressroom_page  20 ms  200 ms$' out || fail "the hook is missing"
lacks out "struct pressroom_page"
