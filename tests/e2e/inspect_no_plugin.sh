#!/usr/bin/env bash
# inspect of a file that is no plugin says why and goes on with the others.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
this="$here/inspect_no_plugin.sh"
run 1 "$TENON" inspect "$this" "$PLUGINS/markdown.so"
has out "$this: no Tenon library" "image.not-elf" "$this: is not an ELF file" "Fix: Name a shared library" \
    "plugin org.tenon.markdown 1.0.0"
run 1 "$TENON" inspect --json "$this" "$PLUGINS/markdown.so"
json_is none out 0 kind
json_is image.not-elf out 0 problems 0 id
json_is "$this: is not an ELF file" out 0 problems 0 text
json_is org.tenon.markdown out 1 plugin id
