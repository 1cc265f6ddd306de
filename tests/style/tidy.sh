#!/usr/bin/env bash
# tidy.sh ROOT BUILD_FOLDER: clang-tidy-19 finds nothing in the sources of base, manifest, loader, sandbox, host and tools.
# The folder is one of a unity build: each header is looked at a tenth as often, in a tenth of the time; and of one with
# sanitizers, so that of what depends on them one side is looked at.
set -euo pipefail
root="$1" build="$2"
command -v clang-tidy-19 >/dev/null || { echo "clang-tidy cannot run: clang-tidy-19 is missing"; exit 1; }
[[ -e $build/compile_commands.json ]] || { echo "clang-tidy cannot run: no $build/compile_commands.json"; exit 1; }
mapfile -t files < <(find "$build"/{base,manifest,loader,sandbox,host,tools} -name 'unity_*_cxx.cxx' | sort)
[[ ${#files[@]} -gt 0 ]] || { echo "clang-tidy cannot run: $build is not configured with CMAKE_UNITY_BUILD=ON"; exit 1; }
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy-19 --quiet --warnings-as-errors='*' \
    --config-file="$root/.clang-tidy" -p "$build" 2> >(grep -v 'warnings generated' >&2)
echo "clang-tidy finds nothing in $(cat "${files[@]}" | grep -c '^#include') files"
