#!/usr/bin/env bash
# --version tells the version of the product and of the ABI.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" --version
grep -qxE 'tenon [0-9]+\.[0-9]+\.[0-9]+ \(ABI [0-9]+\.[0-9]+\)' out || fail "not a version"
