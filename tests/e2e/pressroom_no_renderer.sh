#!/usr/bin/env bash
# Without a renderer pressroom shows the source, says so, and ends with 1.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir some
cp "$PLUGINS/spell-check.so" some
run 1 "$PRESSROOM" "$here/site" --output site --plugins some
has out "no plugin rendered this page"
has site/index.html "# The library"
