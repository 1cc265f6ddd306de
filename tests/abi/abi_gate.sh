#!/usr/bin/env bash
# abi_gate.sh check ROOT BASELINE   compares the headers in ROOT/api with the baseline; any difference fails.
# abi_gate.sh write ROOT BASELINE   writes the baseline.
# abi_gate.sh probe ROOT BASELINE   checks that the gate sees an appended field and a changed signature.
set -euo pipefail
mode="$1" root="$2" baseline="$3"
for tool in abidw abidiff gcc; do
    command -v "$tool" >/dev/null || { echo "the ABI gate cannot run: $tool is missing"; exit 1; }
done
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# describe API_FOLDER OUTPUT: the ABI of the headers as abidw writes it, free of paths.
describe() {
    gcc -std=gnu11 -g -O0 -ffile-prefix-map="$root=." -fPIC -shared -Wl,-soname,libabi_types.so -I "$1" "$root/tests/abi/abi_types.c" -o "$work/libabi_types.so"
    abidw --no-corpus-path --no-comp-dir-path --no-show-locs --type-id-style hash "$work/libabi_types.so" --out-file "$2"
}

# must_differ WHAT SED_EXPRESSION HEADER: the gate objects to headers changed like this.
must_differ() {
    # Files, not links: the edit below must never reach the real headers.
    rm -rf "$work/api" && mkdir "$work/api" && cp -rL "$root/api/." "$work/api/"
    sed -i -E "$2" "$work/api/tenon/$3"
    ! cmp -s "$root/api/tenon/$3" "$work/api/tenon/$3" || { echo "the probe changed nothing: $1"; exit 1; }
    describe "$work/api" "$work/changed.abi"
    ! abidiff "$baseline" "$work/changed.abi" >"$work/difference" || { echo "the gate does not see $1"; exit 1; }
    echo "the gate sees $1"
}

case "$mode" in
    write) describe "$root/api" "$baseline" ;;
    check)
        [[ -s $baseline ]] || { echo "the ABI gate cannot run: there is no $baseline"; exit 1; }
        describe "$root/api" "$work/current.abi"
        abidiff "$baseline" "$work/current.abi" || {
            echo "the ABI differs from tests/abi/baseline.abi; if that is meant, run script/update-abi-baseline"
            exit 1
        }
        ;;
    probe)
        must_differ "a field appended to a struct" 's/^(    uint64_t microseconds;.*)/\1\n    uint64_t more;/' report.h
        must_differ "a changed signature" 's/tenon_host_collect\(tenon_host\* host\)/tenon_host_collect(tenon_host* host, uint32_t more)/' host.h
        must_differ "a changed slot" 's/\(\*stop\)\(void\* self\)/(*stop)(void* self, uint32_t more)/' plugin.h
        ;;
    *) echo "abi_gate.sh: unknown mode '$mode'"; exit 2 ;;
esac
