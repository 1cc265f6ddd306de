#!/usr/bin/env bash
# doctor of a file that cannot be read ends with 3, after all others were looked at.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 3 "$TENON" doctor missing.so . "$PLUGINS/markdown.so"
has out "missing.so: cannot be read" "  error file.unreadable" "  error file.not-regular" "plugin org.tenon.markdown 1.0.0"
run 2 "$TENON" doctor
has err "tenon doctor: no FILE"
run 0 "$TENON" doctor --help
has out "Usage: tenon doctor" "Examples:" "Exit codes:" "0  no errors; there may be warnings and notes" "1  errors were found"
