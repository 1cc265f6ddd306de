#!/usr/bin/env bash
# A plugin that offers a contract which the host offers already is refused by plan as by load, in the same words.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
for command in plan load; do
    run 1 "$TENON" "$command" "$PLUGINS/table-of-contents.so" --contract "$CONTRACT" --contract "$OFFERED"
    has out "contract.already-offered" "contract org.tenon.table-of-contents is already offered"
done
