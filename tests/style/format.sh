#!/usr/bin/env bash
# format.sh ROOT: clang-format-19 would change no C or C++ file of ours.
set -euo pipefail
cd "$1"
command -v clang-format-19 >/dev/null || { echo "the format test cannot run: clang-format-19 is missing"; exit 1; }
folders=()
for folder in api base manifest loader sandbox registry host testkit tools plugins examples tests bench; do
    [[ ! -d $folder ]] || folders+=("$folder")
done
mapfile -d '' files < <(find "${folders[@]}" -type f \( -name '*.h' -o -name '*.hpp' -o -name '*.c' -o -name '*.cc' \) -print0)
[[ ${#files[@]} -gt 0 ]] || { echo "found no file to look at"; exit 1; }
if ! output="$(clang-format-19 --dry-run -Werror "${files[@]}" 2>&1)"; then
    grep -oE '^[^:]+:[0-9]+:[0-9]+: error' <<<"$output" | cut -d: -f1 | sort | uniq -c
    echo "run: clang-format-19 -i on the files above (the number of places stands before each)"
    exit 1
fi
echo "${#files[@]} files are formatted"
