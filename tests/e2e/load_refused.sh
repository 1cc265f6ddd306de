#!/usr/bin/env bash
# load says why a plugin is refused, and what to do; the others go on.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir some
cp "$PLUGINS/stats.so" "$PLUGINS/markdown.so" some
run 1 "$TENON" load ${TRUST:-} some --contract "$CONTRACT"
has out "plan.dependency-missing" "org.tenon.stats 1.0.0 (some/stats.so) needs org.tenon.table-of-contents ^1.0; no plugin has this id" "Fix: " \
    "1 active, 1 not, 1 of 1 unmapped"
grep -qE '^org\.tenon\.markdown +1\.0\.0 +active' out || fail "markdown is not active"
run 1 "$TENON" load ${TRUST:-} --json some
json_is 1 out exit_code
json_is failed out plugins 0 state
json_is plan.contract-missing out plugins 0 reason
[[ $(json TYPE out plugins 0 unmapped) == NULL ]] || fail "what was never active is not to be unmapped"
