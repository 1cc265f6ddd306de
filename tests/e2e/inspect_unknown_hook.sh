#!/usr/bin/env bash
# inspect finds a hook in the manifest that the contract in the note does not have.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 1 "$TENON" inspect "$FIXTURES/unknown-hook/unknown-hook.so"
has out "contract.not-in-note" "org.example.unknown-hook handles org.tenon.pressroom/page_ready, but the contract in its note has no such hook" \
    "org.tenon.pressroom/page_ready         0  not in the note"
