#!/usr/bin/env bash
# load of a folder without plugins, or of none, does not pass as a success.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
mkdir empty
run 1 "$TENON" load ${TRUST:-} empty
has out "load.no-plugins" "there is no plugin in what was named"
run 3 "$TENON" load ${TRUST:-} nowhere
has out "file.unreadable" "nowhere: cannot be read: No such file or directory"
run 3 "$TENON" load ${TRUST:-} nowhere "$PLUGINS/markdown.so" --contract "$CONTRACT"
has out "file.unreadable" "1 active, 0 not"
run 1 "$TENON" load ${TRUST:-} "$here/lib.sh"
has out "image.not-elf"
ln -s nowhere empty/broken.so
run 3 "$TENON" load ${TRUST:-} empty
has out "scan.broken-link" "empty/broken.so: is a link to nothing"
