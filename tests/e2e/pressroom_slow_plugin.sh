#!/usr/bin/env bash
# A plugin that has become slow is reported, skipped by its breaker, and called again once it is quick; every page is
# there, and each is as it would be either with this plugin or without it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
pages=400
prose="$(for ((i = 0; i < 300; ++i)); do printf '## Part %d\n\nPlain words that make a page long.\n\n' "$i"; done)"
mkdir -p source data/org.tenon.spell-check without
for ((i = 1; i <= pages; ++i)); do
    printf '# Page %d\n\nSome prose with a dictonary in it.\n\n%s' "$i" "$prose" >"source/page-$(printf %03d "$i").md"
done
for plugin in "$PLUGINS"/*.so; do
    [[ $plugin == */spell-check.so ]] || ln -s "$plugin" without/
done
cat >operator.toml <<'TOML'
[plugins."org.tenon.spell-check"]
soft = "10 ms"
hard = "50 ms"

[breaker]
in_a_row = 3
open = "40 ms"
max_open = "40 ms"
TOML
build() { run 0 "$PRESSROOM" source --jobs 1 --operator operator.toml --json --stats "$@"; }

build --output with-site --plugins "$PLUGINS"
build --output without-site --plugins without
# The first call after loading is not charged; the next three open the breaker, and the fifth is a probe that fails.
printf 'delay = "300 ms"\ndelayed_pages = 5\n' >data/org.tenon.spell-check/settings.toml
build --output slow-site --plugins "$PLUGINS" --data data --store store.db
mv err log
has log "org.tenon.spell-check: " "past its hard budget; its breaker is open and it was told to stop"

/usr/bin/python3 - out "$pages" <<'PYTHON' || fail "the statistics are not those of a slow plugin that has recovered"
import json, sys
rows = json.load(open(sys.argv[1]))["statistics"]["handlers"]
slow = [row for row in rows if row["plugin"] == "org.tenon.spell-check"]
assert len(slow) == 1, slow
row, pages = slow[0], int(sys.argv[2])
print(json.dumps(row, indent=1))
open("skipped", "w").write(str(row["skipped"]))
open("stopped", "w").write(str(row["overruns"]["hard"] + row["overruns"]["not_charged"]))
assert row["hook"] == "org.tenon.pressroom/before_render"
assert row["calls"] + row["skipped"] == pages, "each page is a call or a skip"
assert row["skipped"] >= 1
assert row["overruns"]["hard"] >= 3, row["overruns"]
assert row["breaker"]["trips"] >= 1 and row["breaker"]["state"] == "closed", row["breaker"]
assert row["budget"]["hard"] == {"ns": 50000000, "from": "operator"}
for other in rows:
    if other is not row: assert other["calls"] == pages and other["skipped"] == 0, other
PYTHON

left_out=0
for page in slow-site/*.html; do
    name="${page##*/}"
    if cmp -s "$page" "without-site/$name"; then
        left_out=$((left_out + 1))
    else
        cmp "$page" "with-site/$name" || fail "$name is neither as with the plugin nor as without it"
    fi
done
# Those that were skipped, index.html, which is the same in all three, and of the slow calls those that were told to stop:
# they come back without having said anything.
skipped="$(<skipped)" stopped="$(<stopped)"
[[ $left_out -gt $skipped && $left_out -le $((skipped + stopped + 1)) ]] ||
    fail "$left_out pages are without the plugin's contribution, and $skipped calls were skipped"
cmp slow-site/page-400.html with-site/page-400.html || fail "the plugin did not come back"
