#!/usr/bin/env bash
# pressroom reports a broken TOML block with its line, and leaves the block as it was.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$PRESSROOM" "$here/site" --output site --plugins "$PLUGINS"
has out "$here/site/sub/shelves.md:7: code-format: this toml block does not parse"
has site/sub/shelves.html 'length = = 7'
