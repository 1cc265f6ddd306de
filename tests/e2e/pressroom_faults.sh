#!/usr/bin/env bash
# One plugin crashes on a page and one hangs on another: in workers the site is built all the same, with all that the
# other plugins add, and the output names the plugin, the signal and the budget.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir -p source plugins data/org.tenon.example.crashes data/org.tenon.example.hangs
for ((i = 1; i <= 9; ++i)); do printf '# Page %d\n\nSome prose.\n' "$i" >"source/page-$i.md"; done
ln -s "$PLUGINS"/*.so "$FAULTS"/*.so plugins/
cat >operator.toml <<'TOML'
[budget]
soft = "1 min"
hard = "1 min"

[plugins."org.tenon.example.hangs"]
soft = "10 ms"
hard = "750 ms"
TOML
build() { "$PRESSROOM" source --operator operator.toml --jobs 1 --output "$@"; }

run 0 build wanted --plugins "$PLUGINS"
run 0 build site --plugins plugins --data data # without page.txt they do nothing
diff -r wanted site || fail "the two plugins change the site"

printf 'page-3.md\n' >data/org.tenon.example.crashes/page.txt
printf 'page-6.md\n' >data/org.tenon.example.hangs/page.txt
run 1 build site --plugins plugins --data data
crashes="org.tenon.example.crashes" hangs="org.tenon.example.hangs"
has out "source/page-3.md: failed: page_done of $crashes: $crashes 1.0.0: its worker was ended by signal 11 (Segmentation fault)" \
    "source/page-6.md: failed: page_done of $hangs: $hangs 1.0.0: its worker did not answer before the call's hard budget had passed (750 ms), and was ended" \
    "9 pages"
[[ $(grep -c ': failed: ' out) == 2 ]] || fail "two handlers should have failed"
diff -r wanted site || fail "the site lacks something"
