#!/usr/bin/env bash
# Contract modules in the folder are offered, but for those that a plugin there offers itself.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir all
cp "$PLUGINS"/*.so "$CONTRACT" "$OFFERED" all
run 0 "$TENON" load --trust trusted all
has out "offered org.tenon.pressroom 1.0.0 (all/" "5 active, 0 not, 5 of 5 unmapped"
lacks out "offered org.tenon.table-of-contents"
mkdir none
cp "$CONTRACT" none
run 1 "$TENON" load --trust trusted none
has out "offered org.tenon.pressroom" "load.no-plugins"
