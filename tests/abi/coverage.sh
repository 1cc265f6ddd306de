#!/usr/bin/env bash
# coverage.sh API_FOLDER ABI_FOLDER: every struct of the public headers has a sentinel and a typed reference, every
# function and callback type a typed reference.
set -euo pipefail
api="$1" abi="$2"
missing=0

# need WHAT PATTERN FILE
need() {
    grep -Eq "$2" "$abi/$3" || { echo "$1 is not in tests/abi/$3"; missing=1; }
}

structs="$(sed -nE 's/^(typedef )?struct (tenon_[a-z0-9_]+) \{$/\2/p' "$api"/tenon/*.h | sort -u)"
functions="$(grep -hoE 'TENON_API [^(]*[ *]tenon_[a-z0-9_]+\(' "$api"/tenon/*.h | sed -E 's/.*[ *](tenon_[a-z0-9_]+)\($/\1/' | sort -u)"
callbacks="$(sed -nE 's/^typedef .*\(\*(tenon_[a-z0-9_]+)\)\(.*/\1/p' "$api"/tenon/*.h | sort -u)"
[[ -n $structs && -n $functions && -n $callbacks ]] || { echo "found no struct, function or callback in $api"; exit 1; }
for name in $structs; do
    need "$name" "^(FROZEN|APPENDABLE)\($name," sentinels.h
    need "$name" "^STRUCT\($name\)" abi_types.c
done
for name in $functions; do need "$name" "^FUNCTION\($name\)" abi_types.c; done
for name in $callbacks; do need "$name" "^CALLBACK\($name\)" abi_types.c; done
while read -r word; do
    need "$word" "^CONSTANT\($word\b" sentinels.h
done < <(grep -hoE '\bTENON_(E|STATE|LOG|RECORD|CODE)_[A-Za-z0-9]+(\([^)]*\))?( = |,| [0-9])' "$api"/tenon/{status,host,plugin,describe}.h |
    sed -E 's/[ (,].*//' | sort -u)
exit $missing
