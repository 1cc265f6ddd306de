#!/usr/bin/env bash
# reasons.sh ROOT: docs/reasons.md lists the ids that the sources use, and no others.
set -euo pipefail
cd "$1"
families='file|image|abi|contract|stage|module|unmap|version|range|manifest|plan|plugin|service|hook|host|unload|load|api|scan|cache|config|store|operator|call|reload|watch|canary|dev|worker|sandbox|broker|provider|model|permission|audit|grant'
used="$(grep -rhoE "\"($families)\.[a-z]+(-[a-z]+)*\"" base manifest loader sandbox host tools --include='*.cc' --include='*.h' |
    tr -d '"' | sort -u)"
listed="$(grep -oE '^\| `[a-z.-]+`' docs/reasons.md | tr -d '|` ' | sort -u)"
if ! difference="$(diff <(printf '%s\n' "$used") <(printf '%s\n' "$listed"))"; then
    printf 'Used but not listed (<), listed but not used (>):\n%s\n' "$difference"
    exit 1
fi
