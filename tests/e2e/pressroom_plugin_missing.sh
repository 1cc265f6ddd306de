#!/usr/bin/env bash
# pressroom builds the site without a plugin that lacks another one, says which, and ends with 1.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir some
cp "$PLUGINS/stats.so" "$PLUGINS/markdown.so" some
run 1 "$PRESSROOM" "$here/site" --output site --plugins some
has out "plan.dependency-missing" "needs org.tenon.table-of-contents ^1.0; no plugin has this id" "2 pages"
has site/index.html "<h1>The library</h1>"
lacks site/index.html "min to read"
