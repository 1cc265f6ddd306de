#!/usr/bin/env bash
# asserted.sh ROOT: for each id in docs/reasons.md, a test asserts the id together with its text. It does so in one of
#     "manifest.syntax | p.toml:1:7: ..."      "image.not-elf: shop.so: ..."     both in one literal
#     CHECK(again.problem().id == "stage.exists");                              and its text, or why, a few lines from it
#     has out "load.no-plugins" "there is no plugin in what was named"          both in one command of a script
#     plan.cycle: org.a 1.0.0 (/p/org.a) needs itself in the end ...            a line of a set with its expected plan
set -euo pipefail
cd "$1"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# What tests are made of, without what they feed to Tenon; a command that goes on on the next line is one line.
find tests -path '*/fixtures' -prune -o -name '*.cc' -print0 | sort -z | xargs -0 cat >"$folder/sources"
find tests -path '*/fixtures' -prune -o -path tests/docs -prune -o -name '*.sh' -print0 | sort -z | xargs -0 cat |
    sed -e ':again' -e '/\\$/{N;s/\\\n//;b again' -e '}' >"$folder/scripts"
find tests -name '*.plan' -print0 | xargs -0r cat >"$folder/plans"

words='"[^" ]+ [^"]+"' # text, not another id
looks_at_text='(\.|->)(text|why)\>|_THROWS_WITH'

# asserted ID
asserted() {
    local id="${1//./\\.}"
    grep -qE "\"$id(:| \|) " "$folder/sources" && return
    grep -qE "^$id: " "$folder/plans" && return
    grep -qE "$looks_at_text" <<<"$(grep -E -B4 -A4 "== \"$id\"" "$folder/sources")" && return
    grep -qE "(\"$id\".*$words|$words.*\"$id\")" "$folder/scripts"
}

mapfile -t ids < <(grep -oE '^\| `[a-z.-]+`' docs/reasons.md | tr -d '|` ' | sort -u)
[[ ${#ids[@]} -gt 0 ]] || { echo "docs/reasons.md lists no id"; exit 1; }
missing=()
for id in "${ids[@]}"; do
    asserted "$id" || missing+=("$id")
done
if [[ ${#missing[@]} -gt 0 ]]; then
    printf 'No test asserts the text of %s\n' "${missing[@]}"
    exit 1
fi
echo "the texts of ${#ids[@]} ids are asserted"
