#!/usr/bin/env bash
# A misspelt command or option is answered with the one that was meant.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# asks ANSWER ARGUMENT...
asks() {
    local answer="$1"
    shift
    run 2 "$TENON" "$@"
    is_empty out
    [[ $(head -1 err) == "$answer" ]] || fail "wanted: $answer"
}
asks "tenon: unknown command 'inspekt'; did you mean 'inspect'?" inspekt "$PLUGINS/stats.so"
asks "tenon: unknown command 'laod'; did you mean 'load'?" laod
asks "tenon: unknown command 'lod'; did you mean 'load'?" help lod
asks "tenon: unknown command 'xylophone'" xylophone
asks "tenon: unknown option '--verison'; did you mean '--version'?" --verison
asks "tenon inspect: unknown option '--jsn'; did you mean '--json'?" inspect --jsn "$PLUGINS/stats.so"
asks "tenon inspect: unknown option '--typs'; did you mean '--types'?" inspect "$PLUGINS/stats.so" --typs=all
asks "tenon load: unknown option '--contracts'; did you mean '--contract'?" load --contracts "$CONTRACT" "$PLUGINS"
asks "tenon: unknown command '\\x1b[31m'" $'\e[31m'
