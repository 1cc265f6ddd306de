#!/usr/bin/env bash
# exports.sh LIBRARY LIST API_FOLDER: the library exports exactly the names that the version script LIST names, all of them
# tenon_...; and each function that the public headers declare is among them.
set -euo pipefail
library="$1" list="$2" api="$3"
status=0

listed="$(sed -e 's|/\*.*\*/||' -e 's/#.*//' "$list" | sed '/local:/,$d' | grep -oE '[A-Za-z_][A-Za-z0-9_*]*;' | tr -d ';' | sort -u)"
exported="$(nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort -u)"
declared="$(grep -hoE 'TENON_API [^(]*[ *]tenon_[a-z0-9_]+\(' "$api"/tenon/*.h | sed -E 's/.*[ *](tenon_[a-z0-9_]+)\($/\1/' | sort -u)"
[[ -n $listed && -n $exported && -n $declared ]] || { echo "nothing is listed, exported or declared"; exit 1; }

# only_in WHAT FIRST SECOND: names in FIRST that SECOND lacks.
only_in() {
    local names
    names="$(comm -23 <(printf '%s\n' "$2") <(printf '%s\n' "$3"))"
    [[ -z $names ]] || { printf '%s: %s\n' "$1" "${names//$'\n'/ }"; status=1; }
}
only_in "exported, but not in ${list##*/}" "$exported" "$listed"
only_in "in ${list##*/}, but not exported" "$listed" "$exported"
only_in "declared in api/, but not in ${list##*/}" "$declared" "$listed"
only_in "in ${list##*/}, but not declared in api/" "$listed" "$declared"
! grep -v '^tenon_' <<<"$exported" || { echo "the names above do not begin with tenon_"; status=1; }
exit $status
