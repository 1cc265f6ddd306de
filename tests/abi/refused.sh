#!/usr/bin/env bash
# refused.sh INCLUDE_FOLDER FILE: the file compiles as it is; with -DFAULT it does not, and the message has the words
# that its first line expects. C files are tried as C11 and as C++20.
set -uo pipefail
include="$1" file="$2"
expected="$(sed -n '1s/^.*expects: \(.*[^ ]\)[ ]*$/\1/p' "$file" | sed 's|[ ]*\*/$||')"
[[ -n $expected ]] || { echo "$file: the first line does not say what it expects"; exit 1; }
status=0

# try COMPILER ARGUMENT...
try() {
    local -a compile=("$@" -I "$include" -Wall -Wextra -Wpedantic -Werror -fsyntax-only "$file")
    local output
    if ! output="$("${compile[@]}" 2>&1)"; then
        echo "$* refuses the sound version:" && echo "$output" && status=1
    elif output="$("${compile[@]}" -DFAULT 2>&1)"; then
        echo "$* accepts the fault" && status=1
    elif ! grep -Eq -- "$expected" <<<"$output"; then
        echo "$* refuses it, but not with \"$expected\":" && echo "$output" && status=1
    fi
}

if [[ $file == *.c ]]; then
    try gcc -std=c11
    try clang-19 -std=c11
    try g++ -std=c++20 -x c++
    try clang++-19 -std=c++20 -x c++
else
    try g++ -std=c++20
    try clang++-19 -std=c++20
fi
exit $status
