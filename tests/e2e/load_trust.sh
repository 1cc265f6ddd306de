#!/usr/bin/env bash
# --trust says how far plugins are trusted; what is not the default, or is left out, is told below the plugin's row.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
markdown=("$PLUGINS/markdown.so" --contract "$CONTRACT")
printf '[plugins."org.tenon.markdown".sandbox]\nlevel = "strict"\n' >strict.toml
printf '[sandbox]\nwithout = ["seccomp", "namespaces"]\n' >without.toml
printf '[sandbox]\nlevel = "trusted"\n' >trusting.toml
printf '[sandbox]\nallow_degraded = true\n' >accepting.toml

# says LINE ARGUMENT...: list, plan and load have this line; nothing: none of the kind.
says() {
    local line="$1" command
    shift
    for command in list plan load; do
        run 0 "$TENON" "$command" "${markdown[@]}" "$@"
        if [[ -n $line ]]; then
            grep -qE "^ +$line\$" out || fail "$command lacks: $line"
        else
            ! grep -qE '^ +(trusted|standard|strict|locked)' out || fail "$command has something to say"
        fi
    done
}
says ""
says "" --trust standard
for level in strict locked trusted; do says "" --trust "$level"; done
says "strict" --operator strict.toml
says "standard, without namespaces and seccomp" --operator without.toml
says "trusted, in process" --operator trusting.toml
says "standard; nothing is missing \(allow_degraded\)" --operator accepting.toml

for command in list plan load; do
    for level in standard strict locked; do
        run 0 "$TENON" "$command" --json "${markdown[@]}" --trust "$level"
        json_is "$level" out plugins 0 sandbox level
        json_length 0 out plugins 0 sandbox without
        json_length 0 out plugins 0 sandbox missing
        json_is OFF out plugins 0 sandbox allow_degraded
    done
    run 0 "$TENON" "$command" --json "${markdown[@]}" --operator without.toml
    json_is namespaces out plugins 0 sandbox without 0
    json_is seccomp out plugins 0 sandbox without 1
    run 0 "$TENON" "$command" --json "${markdown[@]}" --trust trusted
    json_is "" out plugins 0 sandbox
done
run 0 "$TENON" load --json "${markdown[@]}" --trust trusted --workers all
json_is trusted out plugins 0 sandbox level
run 0 "$TENON" load --json "${markdown[@]}" --workers none
json_is "" out plugins 0 sandbox

refused() {
    run 2 "$TENON" "$1" "$PLUGINS" --trust "$2"
    [[ $(head -1 err) == "tenon $1: --trust: $3" ]] || fail "wanted: $3"
}
for command in list plan load; do
    refused "$command" standart '"standart" is no level; did you mean standard?'
    refused "$command" Locked '"Locked" is no level; did you mean locked?'
    refused "$command" xylophone '"xylophone" is no level; wanted trusted, standard, strict or locked'
    refused "$command" "" '"" is no level; wanted trusted, standard, strict or locked'
done
