#!/usr/bin/env bash
# tidy.sh ROOT BUILD_FOLDER: clang-tidy-19 finds nothing in the sources of base, manifest, loader, host and tools.
set -euo pipefail
root="$1" build="$2"
cd "$root"
command -v clang-tidy-19 >/dev/null || { echo "clang-tidy cannot run: clang-tidy-19 is missing"; exit 1; }
[[ -e $build/compile_commands.json ]] || { echo "clang-tidy cannot run: no $build/compile_commands.json"; exit 1; }
mapfile -t files < <(find base manifest loader host tools -name '*.cc' | sort | while read -r file; do
    ! grep -qF "\"file\": \"$root/$file\"" "$build/compile_commands.json" || printf '%s\n' "$file"
done)
[[ ${#files[@]} -gt 0 ]] || { echo "found no file to look at"; exit 1; }
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 4 clang-tidy-19 --quiet --warnings-as-errors='*' -p "$build" 2> >(grep -v 'warnings generated' >&2)
echo "clang-tidy finds nothing in ${#files[@]} files"
