#!/usr/bin/env bash
# includes_self_test.sh: the include test objects to what the table forbids, and to nothing else.
set -euo pipefail
test="$(dirname "${BASH_SOURCE[0]}")/includes.sh"
tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
status=0

# write FILE INCLUDE: a tree with that one file.
write() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree/$(dirname "$1")"
    printf '/* text */\n#include %s\n' "$2" >"$tree/$1"
}

# forbidden FILE INCLUDE WHY
forbidden() {
    local output
    write "$1" "$2"
    if output="$(bash "$test" "$tree")" || [[ $output != "$1:2 includes $2: $3" ]]; then
        printf '%s with %s: wanted "%s", got "%s"\n' "$1" "$2" "$3" "$output"
        status=1
    fi
}

# allowed FILE INCLUDE
allowed() {
    write "$1" "$2"
    bash "$test" "$tree" || status=1
}

forbidden base/a.h '"manifest/version.h"' "base/ may not include manifest/"
forbidden manifest/a.cc '"loader/image.h"' "manifest/ may not include loader/"
forbidden loader/a.cc '"manifest/version.h"' "loader/ may not include manifest/"
forbidden loader/deep/a.cc '"host/host.h"' "loader/ may not include host/"
forbidden sandbox/a.cc '"host/host.h"' "sandbox/ may not include host/"
forbidden registry/a.cc '"host/host.h"' "registry/ may not include host/"
forbidden host/a.cc '"registry/store.h"' "host/ may not include registry/"
forbidden testkit/a.hpp '"base/result.h"' "testkit/ may not include base/"
forbidden tools/a.cc '"host/host.h"' "tools/ may not include host/"
forbidden plugins/x/a.cc '"base/result.h"' "plugins/ may not include base/"
forbidden examples/x/a.cc '<base/result.h>' "examples/ may not include base/"
forbidden host/a.cc '"tests/support/catch.h"' "host/ may not include tests/"
forbidden host/a.cc '"slots.h"' "includes are rooted at the repository"
forbidden host/a.cc '"../base/fd.h"' "includes are rooted at the repository"
forbidden host/a.cc '"tenon/host.h"' "public headers are <tenon/...>"
forbidden api/tenon/a.h '<vector>' "a C header includes no C++ header"
forbidden api/tenon/a.h '<tenon/host.hpp>' "a C header includes no C++ header"
forbidden api/tenon/a.h '<unistd.h>' "api/ includes standard headers only"
forbidden api/tenon/a.hpp '<boost/dll.hpp>' "api/ includes standard headers and <tenon/...> only"
forbidden api/tenon/a.hpp '"base/fd.h"' "api/ includes standard headers and <tenon/...> only"

allowed base/a.h '<tenon/abi.h>'
allowed host/a.cc '"manifest/version.h"'
allowed host/a.cc '"host/slots.h"'
allowed host/a.cc '<sys/mman.h>'
allowed tools/cli/a.cc '"loader/image.h" // the facts'
allowed plugins/stats/a.cc '"plugins/text/words.h"'
allowed plugins/stats/a.cc '<pressroom/contract.h>'
allowed examples/pressroom/a.cc '"site.h"'
allowed api/tenon/a.h '<stdint.h>'
allowed api/tenon/a.hpp '<string_view>'
allowed api/tenon/a.h 'TENON_MANIFEST_HEADER'
exit $status
