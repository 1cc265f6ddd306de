#!/usr/bin/env bash
# With every plugin confined to what it needs, the site is the same to the byte. One that tries to read what it was not
# granted is refused and named, with the command that would grant it, and the site is built all the same.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
root="$here/../.."
snoops="org.tenon.example.snoops"
mkdir -p plugins "data/org.tenon.spell-check" "data/$snoops"
chmod 755 . data data/*
cp "$root/docs/words.txt" data/org.tenon.spell-check/
ln -s "$PLUGINS"/*.so "$FAULTS"/snoops-on-a-page.so plugins/
cat >operator.toml <<'TOML'
[budget]
soft = "1 min"
hard = "1 min"

[sandbox]
level = "strict"

[plugins."org.tenon.spell-check".sandbox]
grant = ["read:/usr/share/hunspell/**"]

[plugins."org.tenon.stats".sandbox]
grant = ["service:org.tenon.table-of-contents/1"]
TOML
printf '[budget]\nsoft = "1 min"\nhard = "1 min"\n' >trusting.toml
build() {
    "$PRESSROOM" "$root/README.md" "$root/CONTRIBUTING.md" "$root/SECURITY.md" "$root/CHANGELOG.md" "$root/docs" --data data --jobs 1 "$@"
}

run 0 build --plugins "$PLUGINS" --operator trusting.toml --output trusted
[[ $(find trusted -name '*.html' | wc -l) -ge 30 ]] || fail "that is not the input of script/demo"
run 0 build --plugins "$PLUGINS" --operator operator.toml --output confined
diff -r trusted confined || fail "the sites differ"

printf 'docs/hooks.md\n' >"data/$snoops/page.txt"
run 1 build --plugins plugins --operator operator.toml --output snooped
has out "docs/hooks.md: failed: page_done of $snoops: read:/etc/passwd is not granted" \
    "tenon grant $snoops read:/etc/passwd"
diff -r trusted snooped || fail "the site differs"
grep -q "could read what it was not granted" out && fail "the plugin could read it"

# Without the dictionary the spell check does not start, and says what it could not read.
sed '/grant/d' operator.toml >no-grant.toml
run 1 build --plugins "$PLUGINS" --operator no-grant.toml --output no-dictionary
has out "org.tenon.spell-check" "hunspell"
