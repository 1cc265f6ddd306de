#!/usr/bin/env bash
# project.sh CMAKE ROOT COMPILER_C COMPILER_CXX OBJDUMP TENON WORK_FOLDER: tenon_add_plugin and tenon_add_contract make
# Windows libraries with mingw-w64, optimised and not, that export nothing but the entry, and can be read.
set -euo pipefail
cmake="$1" root="$2" c="$3" cxx="$4" objdump="$5" tenon="$6" work="$7"
rm -rf "$work" && mkdir -p "$work"
cd "$work"
wrong() { echo "$*"; exit 1; }

# exports FILE: the names, one a line.
exports() { "$objdump" -p "$1" | awk '/^\[Ordinal\/Name Pointer\] Table/ { on = 1; next } /^$/ { on = 0 } on && /^\t\[/ { print $NF }'; }

# inspect FILE WANTED...: what tenon inspect says of it.
inspect() {
    local file="$1" text
    shift
    "$tenon" inspect "$file" >inspected || [[ $? == 1 ]] || wrong "tenon inspect $file failed otherwise than by a refusal"
    for text in "$@"; do
        grep -qF -- "$text" inspected || { cat inspected; wrong "inspect $file lacks: $text"; }
    done
}

for type in Debug Release; do
    "$cmake" -S "$root/tests/windows/project" -B "$type" -G Ninja -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_BUILD_TYPE="$type" \
        -DCMAKE_C_COMPILER="$c" -DCMAKE_CXX_COMPILER="$cxx" -DTENON_ROOT="$root" \
        -DCMAKE_C_FLAGS="-Wall -Wextra -Wpedantic -Werror" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Werror" >log || { cat log; exit 1; }
    "$cmake" --build "$type" >log || { cat log; exit 1; }
    for name in in_c in_cpp; do
        [[ $(exports "$type/$name.dll") == tenon_entry ]] || wrong "$type/$name.dll exports: $(exports "$type/$name.dll")"
        inspect "$type/$name.dll" "plugin com.example.shop.fixture 1.0.0" "KERNEL32.dll" "build id" image.wrong-system
    done
    [[ -z $(exports "$type/shop_contract.contract.dll") ]] || wrong "the contract's module exports something"
    inspect "$type/shop_contract.contract.dll" "com.example.shop" image.wrong-system
done
