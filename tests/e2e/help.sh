#!/usr/bin/env bash
# Each command has a help page with examples and exit codes, and two ways to it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" --help
mv out top
has top "Usage: tenon" "inspect" "load" "Examples:" "Exit codes:" "--version" "--no-color"
run 0 "$TENON" help
cmp out top || fail "tenon help differs from tenon --help"
for command in inspect doctor load enable disable permissions grant revoke audit help; do
    run 0 "$TENON" "$command" --help
    mv out page
    has page "Usage: tenon $command" "Examples:" "Exit codes:"
    run 0 "$TENON" help "$command"
    cmp out page || fail "tenon help $command differs from tenon $command --help"
    is_empty err
done
run 0 "$TENON" help doctor
has out "--system" "tenon doctor --system --json"
