#!/usr/bin/env bash
# What cannot be read in a folder is told, and the plugins beside it are listed all the same.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir -p plugins/more
cp "$PLUGINS/markdown.so" plugins/more
ln -s nowhere plugins/dangling.so
ln -s loop.so plugins/loop.so
ln -s .. plugins/more/up
printf 'text' >plugins/text.so
run 3 "$TENON" list plugins --contract "$CONTRACT"
has out "org.tenon.markdown" "1 would start" "plugins/dangling.so" "plugins/loop.so"
lacks out "text.so"
run 3 "$TENON" list plugins/more --contract "$CONTRACT"
has out "1 would start" "plugins/more/up/more: leads back to plugins/more; it is not followed"
