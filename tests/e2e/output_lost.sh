#!/usr/bin/env bash
# When the output cannot be written, the exit code says so; a closed standard error changes nothing.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[[ -c /dev/full ]] || fail "there is no /dev/full"
status=0
"$TENON" inspect "$PLUGINS/stats.so" >/dev/full 2>err || status=$?
[[ $status == 1 ]] || fail "wanted exit status 1, got $status"
has err "tenon: "
status=0
"$TENON" inspect 2>&- || status=$?
[[ $status == 2 ]] || fail "without standard error: wanted exit status 2, got $status"
