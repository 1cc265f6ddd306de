#!/usr/bin/env bash
# load brings the first-party plugins up and takes them down again.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" load --trust trusted "$PLUGINS" --contract "$CONTRACT"
is_empty err
has out "offered org.tenon.pressroom 1.0.0 ($CONTRACT)" "plugin                       version  state"
for plugin in code-format markdown spell-check stats table-of-contents; do
    grep -qE "^org\.tenon\.$plugin +1\.0\.0 +active +[0-9]+\.[0-9]$" out || fail "$plugin is not active"
done
has out "5 active, 0 not, 5 of 5 unmapped, 0 violations of the ABI"
