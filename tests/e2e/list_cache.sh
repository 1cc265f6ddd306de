#!/usr/bin/env bash
# With --cache only files that were changed are read again.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir plugins
cp "$PLUGINS"/*.so plugins
list() { run 0 "$TENON" list plugins --contract "$CONTRACT" --cache cache; }
list
has out "5 would start, 0 refused, 0 known from the cache"
# What has just been written is read again: it could change within one tick of the file system's clock.
for ((i = 0; i < 600; ++i)); do
    list
    ! grep -qF "5 known from the cache" out || break
    sleep 0.1
done
has out "5 would start, 0 refused, 5 known from the cache"
cp "$PLUGINS/markdown.so" plugins/markdown.so
list
has out "4 known from the cache"
printf 'not a cache' >cache
list
has out "5 would start, 0 refused, 0 known from the cache"
