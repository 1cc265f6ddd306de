#!/usr/bin/env bash
# gdb.sh DRIVER SOURCE BUILD...: a breakpoint by file and line in a plugin's source is hit in every generation of it.
set -euo pipefail
driver="$1" source="$2"
shift 2
command -v gdb >/dev/null || { echo "gdb is missing: install the package gdb"; exit 1; }
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

if ! readelf -SW "$1" | grep -q ' \.debug_line '; then
    echo "skipped: the builds have no debug information"
    exit 77
fi
line="$(grep -nF 'article.cents = BUILD[0];' "$source" | cut -d: -f1)"
[[ -n $line ]] || { echo "$source: the line for the breakpoint is gone"; exit 1; }
cat >"$folder/commands" <<COMMANDS
set breakpoint pending on
set debuginfod enabled off
break $(basename "$source"):$line
commands
silent
printf "stopped in a plugin\\n"
info symbol \$pc
continue
end
run
COMMANDS
status=0
gdb -nx -batch -x "$folder/commands" --args "$driver" "$folder" "$@" >"$folder/out" 2>&1 </dev/null || status=$?
cat "$folder/out"
if grep -q 'ptrace: Operation not permitted' "$folder/out"; then
    echo "skipped: no process may be traced here"
    exit 77
fi
[[ $status == 0 ]] || { echo "gdb ended with $status"; exit 1; }
for _ in "$@"; do generation=$((${generation:-0} + 1)); done
[[ "$(grep -c '^stopped in a plugin$' "$folder/out")" == "$generation" ]] || { echo "it was not hit $generation times"; exit 1; }
for ((i = 1; i <= generation; ++i)); do
    grep -qF "org.tenon.test.tells-its-build.g$i." "$folder/out" || { echo "generation $i was not stopped in"; exit 1; }
done
grep -q 'exited normally' "$folder/out" || { echo "the program did not end by itself"; exit 1; }
