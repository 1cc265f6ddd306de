#!/usr/bin/env bash
# doctor --system tells what this machine can enforce, as text and as JSON; the exit code says whether plugins can be
# confined here.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
status=0
"$TENON" doctor --system --json >found.json || status=$?
json_is "$(uname -r)" found.json kernel
json_is "$(id -u)" found.json uid
[[ $status == "$([[ $(json GET found.json can_confine) == ON ]] && echo 0 || echo 1)" ]] || fail "the exit code is $status"
json_length 5 found.json layers

run "$status" "$TENON" doctor --system
is_empty err
has out "$(uname -r)" "uid $(id -u)"
grep -qE '^  limits +enforced +memory, threads, open files' out || fail "the layer limits is not there"
for number in {0..4}; do
    word=missing
    [[ $(json GET found.json layers "$number" enforced) == OFF ]] || word=enforced
    grep -qE "^  $(json GET found.json layers "$number" name) +$word " out || fail "text and JSON differ in layer $number"
done
json_is landlock found.json layers 3 name
abi="$(json GET found.json landlock_abi)"
if [[ $abi == 0 ]]; then
    json_is OFF found.json layers 3 enforced
    has out "Confined plugins are refused here (sandbox.missing-feature):" "the layer landlock needs Landlock (Linux 5.13)"
else
    json_is ON found.json layers 3 enforced
    json_is "Landlock, ABI $abi" found.json layers 3 found
fi

run 2 "$TENON" doctor --system "$PLUGINS/markdown.so"
is_empty out
has err "tenon doctor: --system takes no FILE"
