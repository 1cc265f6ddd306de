#!/usr/bin/env bash
# doctor tells each finding with evidence, fix and what it means, and runs nothing of the file.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
file="$FIXTURES/stays-mapped/stays-mapped.so"
run 0 "$TENON" doctor "$file"
has out "$file: plugin org.example.stays-mapped 1.2.3" "  warning lint.nodelete" \
    "    was linked with -z nodelete (DF_1_NODELETE)" "    Fix: Link without -z nodelete." \
    "      loading        -" "      reloading      the old generation stays in memory for ever" \
    "      isolation      -" "      older systems  -" "  0 errors, 1 warning, "
run 0 "$TENON" doctor "$FIXTURES/says-that-it-runs/says-that-it-runs.so"
lacks err "code of the plugin runs"
