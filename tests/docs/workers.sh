#!/usr/bin/env bash
# workers.sh ROOT OPERATOR_FILE PROGRAM PLUGIN: the program of docs/workers.md prints what the page says under
# the operator's file there, and logs the crash.
set -euo pipefail
root="$1" operator="$2" program="$3" plugin="$4"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
sed -n '/^It prints$/,/^and the log/p' "$root/docs/workers.md" | sed -e '1,/^```text$/d' -e '/^```$/,$d' >"$work/wanted"
[[ -s $work/wanted ]] || { echo "docs/workers.md does not say what its program prints"; exit 1; }
"$program" "$plugin" "$operator" >"$work/out" 2>"$work/log" || { cat "$work/log"; exit 1; }
diff "$work/wanted" "$work/out" || { cat "$work/log"; exit 1; }
for words in "tenon-worker: ended by SIGSEGV at 0x" "; the stack:" "was ended by signal 11 (Segmentation fault); it is started again"; do
    grep -qF "$words" "$work/log" || { echo "the log lacks: $words"; cat "$work/log"; exit 1; }
done
