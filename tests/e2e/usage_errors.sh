#!/usr/bin/env bash
# A wrong command line ends with 2, says what is wrong, and prints nothing else.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# refused WHAT ARGUMENT...
refused() {
    local what="$1"
    shift
    run 2 "$TENON" "$@"
    is_empty out
    has err "$what" "--help'."
}
refused "tenon: no command"
refused "tenon inspect: no FILE" inspect
refused "tenon load: no DIR or FILE" load
refused "tenon load: --contract: 1 required FILE missing" load "$PLUGINS" --contract
refused "tenon help: unknown argument 'more'" help load more
refused "tenon inspect: " inspect --json=3 "$PLUGINS/stats.so"
