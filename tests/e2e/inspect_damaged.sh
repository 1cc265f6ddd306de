#!/usr/bin/env bash
# inspect refuses what is left of a plugin that was cut off, with a reason.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
head -c 5000 "$PLUGINS/markdown.so" >cut.so
run 1 "$TENON" inspect cut.so
has out "cut.so: no Tenon library" "  image." "cut.so: "
