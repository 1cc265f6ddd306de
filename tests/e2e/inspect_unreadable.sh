#!/usr/bin/env bash
# inspect of a file that cannot be read ends with 3, after all others were shown.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 3 "$TENON" inspect missing.so . "$here/lib.sh" "$PLUGINS/markdown.so"
has out "missing.so: cannot be read" "file.unreadable" "missing.so: cannot be read: No such file or directory" "file.not-regular" \
    "image.not-elf" "plugin org.tenon.markdown 1.0.0"
