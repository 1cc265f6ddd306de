#!/usr/bin/env bash
# tenon dev has a help page, says what is missing, and knows what was meant.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" dev --help
mv out page
has page "Usage: tenon dev" "Examples:" "Exit codes:" "--once" "--plugins" "--contract" "--json"
run 0 "$TENON" help dev
cmp out page || fail "tenon help dev differs from tenon dev --help"
# asks ANSWER ARGUMENT...
asks() {
    local answer="$1"
    shift
    run 2 "$TENON" "$@"
    is_empty out
    [[ $(head -1 err) == "$answer" ]] || fail "wanted: $answer"
}
asks "tenon dev: no DIR" dev
asks "tenon dev: no DIR" dev -- make
asks "tenon dev: no build command; put it behind --" dev sources
asks "tenon dev: no build command; put it behind --" dev sources --
asks "tenon dev: unknown option '--onc'; did you mean '--once'?" dev sources --onc -- make
asks "tenon dev: unknown argument 'make'" dev sources make -- make
asks "tenon: unknown command 'dve'; did you mean 'dev'?" dve sources -- make
