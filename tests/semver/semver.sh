#!/usr/bin/env bash
# semver.sh PROGRAM ORACLE FOLDER: Tenon and npm's semver answer the table and 100,000 random pairs alike.
set -euo pipefail
program="$1" oracle="$2" folder="$3"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
pairs=100000

if ! cmp -s "$here/package.json" "$oracle/package.json" || [[ ! -e $oracle/node_modules/semver ]] ||
    ! command -v node >/dev/null; then
    echo "npm's semver, as tests/semver/package.json wants it, is not installed in $oracle: run script/oracle."
    exit 1
fi
"$program" write "$here/cases" $pairs >"$folder/inputs"
node "$here/oracle.js" "$oracle" <"$folder/inputs" >"$folder/answers"
"$program" compare "$here/cases" $pairs "$folder/answers"
