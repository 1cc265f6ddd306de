#!/usr/bin/env bash
# checklist.sh ROOT: the tests that docs/workers.md names exist, and each of its eleven points names one.
set -euo pipefail
cd "$1"
page=docs/workers.md
rows="$(sed -n '/^<!-- checklist -->$/,/^<!-- \/checklist -->$/p' "$page" | grep -E '^\| ([0-9]+\.|\|)')"
status=0
point=0
while IFS= read -r row; do
    if [[ $row =~ ^\|\ ([0-9]+)\. ]]; then
        point=$((point + 1))
        [[ ${BASH_REMATCH[1]} == "$point" ]] || { echo "$page: point $point is missing"; status=1; }
    fi
    if ! [[ $row =~ \`([a-z_/]+\.cc)\`:\ \"([^\"]+)\" ]]; then
        echo "$page: a row names no test: $row"
        status=1
    elif ! grep -qsF "TEST_CASE(\"${BASH_REMATCH[2]}\"" "${BASH_REMATCH[1]}"; then
        echo "${BASH_REMATCH[1]}: there is no test \"${BASH_REMATCH[2]}\""
        status=1
    fi
done <<<"$rows"
[[ $point == 11 ]] || { echo "$page: $point points, wanted 11"; status=1; }
exit $status
