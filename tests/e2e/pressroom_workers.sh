#!/usr/bin/env bash
# A site is the same to the byte whether its plugins run in the pressroom's process or each in one of its own.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
root="$here/../.."
mkdir -p data/org.tenon.spell-check
cp "$root/docs/words.txt" data/org.tenon.spell-check/
# Of the pages, not of the machine: no budget ends a call here.
printf '[budget]\nsoft = "1 min"\nhard = "1 min"\n' >operator.toml
build() {
    run 0 "$PRESSROOM" "$root/README.md" "$root/CONTRIBUTING.md" "$root/SECURITY.md" "$root/CHANGELOG.md" "$root/docs" \
        --plugins "$PLUGINS" --data data --operator operator.toml --output "$@"
}
# What it says, without the times.
words() { sed -E 's/ +[0-9.]+ ms.*//' out; }

build in-process --workers none
words >said-in-process
[[ $(find in-process -name '*.html' | wc -l) -ge 30 ]] || fail "that is not the input of script/demo"
has said-in-process "org.tenon.spell-check"
build in-workers --workers all
words >said-in-workers
diff -r in-process in-workers || fail "the sites differ"
diff said-in-process said-in-workers || fail "the findings differ"
build some-in-workers --workers org.tenon.spell-check,org.tenon.table-of-contents
diff -r in-process some-in-workers || fail "the site with two plugins in workers differs"

run 2 "$PRESSROOM" "$here/site" --plugins "$PLUGINS" --output site --workers org.tenon.markdwon
[[ $(<err) == "--workers: there is no plugin org.tenon.markdwon" ]] || fail "wanted the plugin that is not there"
run 2 "$PRESSROOM" "$here/site" --plugins "$PLUGINS" --output site --workers al
has err '--workers: "al" is not an id; wanted all, none, or ids such as org.tenon.stats'
run 2 "$PRESSROOM" "$here/site" --plugins "$PLUGINS" --output site --workers all,org.tenon.stats
has err "--workers: all stands alone, without ids"
