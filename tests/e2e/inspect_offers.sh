#!/usr/bin/env bash
# inspect shows what a plugin offers: contracts with their services and methods.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" inspect "$PLUGINS/table-of-contents.so"
has out "  offers org.tenon.table-of-contents 1.0.0" "    service org.tenon.table-of-contents/1  request                 reply" \
    "    outline                                table_of_contents_page  table_of_contents_headings"
