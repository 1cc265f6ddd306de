#!/usr/bin/env bash
# note_bytes.sh INCLUDE_FOLDER SOURCE WORK_FOLDER: every compiler, as C11 and as C++20, writes the same note, without
# relocations, in a PT_NOTE segment; it survives strip -s.
set -euo pipefail
include="$1" source="$2" work="$3"
rm -rf "$work" && mkdir -p "$work"
cd "$work"
wrong() { echo "$*"; exit 1; }

# section_range FILE: start and size of .note.tenon, hexadecimal.
section_range() { readelf -SW "$1" | sed -n 's/^ *\[ *[0-9]*\] \.note\.tenon *NOTE *\([0-9a-f]*\) [0-9a-f]* \([0-9a-f]*\) .*/\1 \2/p'; }

# without_relocations FILE: none has its place inside the note; leaves the note's address in `start`.
without_relocations() {
    local size place
    read -r start size <<<"$(section_range "$1")"
    [[ -n ${size:-} && $((16#$size)) -gt 0 ]] || wrong "$1 has no section .note.tenon"
    while read -r place; do
        (((16#$place < 16#$start) || (16#$place >= 16#$start + 16#$size))) || wrong "$1: a relocation at $place in the note"
    done < <(readelf -rW "$1" | sed -n 's/^\([0-9a-f]\{12,16\}\)  .*/\1/p')
}

first=""
# check NAME COMPILER ARGUMENT...
check() {
    local name="$1" start=""
    shift
    "$1" -O1 -fPIC "${@:2}" -Wall -Wextra -Wpedantic -Werror -I "$include" -c "$source" -o "$name.o" || wrong "$* does not compile it"
    ! readelf -SW "$name.o" | grep -q '\.rela\?\.note\.tenon' || wrong "$name.o has relocations for the note"
    "$1" -shared "$name.o" -o "$name.so"
    without_relocations "$name.so"
    readelf -lW "$name.so" | grep -Eq "NOTE +0x[0-9a-f]+ 0x$start " || wrong "$name.so: no PT_NOTE begins with the note"
    readelf -nW "$name.so" 2>/dev/null | grep -q 'org.tenon/1' || wrong "$name.so: readelf finds no note of org.tenon/1"
    objcopy --dump-section ".note.tenon=$name.note" "$name.so" /dev/null
    strip -s "$name.so" -o "$name.stripped.so"
    objcopy --dump-section ".note.tenon=$name.stripped.note" "$name.stripped.so" /dev/null
    cmp "$name.note" "$name.stripped.note" || wrong "strip -s changes the note of $name.so"
    [[ -n $first ]] || first="$name"
    cmp "$first.note" "$name.note" || wrong "$name writes another note than $first"
}

check gcc-c11 gcc -std=c11
check clang-c11 clang -std=c11
check clang19-c11 clang-19 -std=c11
check gcc-c++20 g++ -std=c++20 -x c++
check clang-c++20 clang++ -std=c++20 -x c++
check clang19-c++20 clang++-19 -std=c++20 -x c++
check clang19-libc++ clang++-19 -std=c++20 -stdlib=libc++ -x c++
check gcc-c11-O0 gcc -std=c11 -O0 -fno-pie
check gcc-c11-lto gcc -std=c11 -flto -ffat-lto-objects
echo "9 notes of $(stat -c %s "$first.note") bytes are alike"
