#!/usr/bin/env bash
# consume.sh install ROOT WORK BUILD       installs the build into a prefix and moves that prefix elsewhere
# consume.sh find_package ROOT WORK        builds a host and a plugin against the prefix, with CMake, and runs them
# consume.sh pkg_config ROOT WORK          builds a host in C with make, and runs it with that plugin
# consume.sh add_subdirectory ROOT WORK CMAKE_ARGUMENT...
#                                          builds a host and a plugin in one project with the sources, and runs them
set -euo pipefail
kind="$1" source="$2/tests/install" root="$2" work="$3"
prefix="$work/moved prefix"
wanted="Dear reader, good morning."

# expect LAST_LINE COMMAND...: it succeeds, and this is the last line of what it prints.
expect() {
    local output wanted="$1"
    shift
    output="$("$@" 2>&1)" || { printf '%s fails:\n%s\n' "$1" "$output"; exit 1; }
    printf '%s\n' "$output"
    [[ ${output##*$'\n'} == "$wanted" ]] || { echo "wanted as last line: $wanted"; exit 1; }
}

# build_with_cmake ARGUMENT...: the project of this kind, in a clean folder.
build_with_cmake() {
    rm -rf "${work:?}/$kind"
    local log="$work/$kind.log"
    if ! { cmake -S "$source/$kind" -B "$work/$kind" -G Ninja "$@" && cmake --build "$work/$kind"; } >"$log" 2>&1; then
        tail -n 60 "$log"
        exit 1
    fi
}

case "$kind" in
    install)
        rm -rf "$work" && mkdir -p "$work"
        cmake --install "$4" --prefix "$work/prefix" >"$work/install.log"
        mv "$work/prefix" "$prefix"
        # Nothing in the prefix may name the folders that it was made from.
        ! grep -rIlF -e "$work/prefix" -e "$root/" -e "$4" "$prefix" || { echo "the files above name build folders"; exit 1; }
        for file in include/tenon/host.h include/tenon/plugin.hpp lib/libtenon.so share/tenon/manifest.schema.json \
            share/tenon/report.schema.json share/tenon/stats.schema.json share/tenon/reload.schema.json \
            lib/tenon/tenon-canary; do
            [[ -e $prefix/$file ]] || { echo "the prefix has no $file"; exit 1; }
        done
        ;;
    find_package)
        build_with_cmake -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Werror"
        expect "$wanted" "$work/$kind/greet" "$work/$kind/plugins"
        if [[ -x $prefix/bin/tenon ]]; then "$prefix/bin/tenon" inspect "$work/$kind/plugins/polite.so"; fi
        ;;
    pkg_config)
        rm -rf "${work:?}/$kind" && mkdir "$work/$kind"
        # make and pkg-config split words at spaces, so by a link without any.
        ln -sfn "$prefix" "$work/linked-prefix"
        PKG_CONFIG_PATH="$work/linked-prefix/lib/pkgconfig" make -C "$work/$kind" -f "$source/$kind/Makefile" \
            SOURCE="$source/$kind" GREETING="$source/greeting"
        expect "$wanted (1 copy)" "$work/$kind/greet" "$work/find_package/plugins"
        ;;
    add_subdirectory)
        build_with_cmake -DTENON_SOURCE_DIR="$root" "${@:4}"
        expect "$wanted" "$work/$kind/greet" "$work/$kind/plugins"
        ;;
    *) echo "consume.sh: unknown kind '$kind'"; exit 2 ;;
esac
