#!/usr/bin/env bash
# doctor finds neither errors nor warnings in the first-party plugins, and says nothing of modules of contracts.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" doctor "$PLUGINS"/*.so
has out "plugin org.tenon.markdown 1.0.0" "  0 errors, 0 warnings, "
lacks out "  error " "  warning "
run 0 "$TENON" doctor "$CONTRACT"
has out "module of a contract" "  0 errors, 0 warnings, 0 notes"
