#!/usr/bin/env bash
# inspect shows a contract module, and with --types each field with its place.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" inspect "$CONTRACT"
has out "module of a contract" "  offers org.tenon.pressroom 1.0.0" "page_done      NOTIFY  pressroom_page    -                5 ms   50 ms"
lacks out "struct"
run 0 "$TENON" inspect --types "$CONTRACT"
has out "    enum pressroom_severity, 4 bytes" "      1  PRESSROOM_WARNING" \
    "    struct pressroom_fact, 32 bytes, frozen" "    struct pressroom_finding, 48 bytes, appendable, at least 48 bytes" \
    "           4     4  enum pressroom_severity  severity" "          72    24  span of pressroom_finding  findings"
