#!/usr/bin/env bash
# tenon load --workers runs plugins in processes of their own: all of them, none, or those that are named.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" load --trust trusted "$PLUGINS" --contract "$CONTRACT" --workers all
has out "5 active, 0 not, 5 of 5 unmapped, 0 violations of the ABI"
run 0 "$TENON" load --trust trusted "$PLUGINS" --contract "$CONTRACT" --workers org.tenon.stats,org.tenon.markdown
has out "5 active, 0 not, 5 of 5 unmapped, 0 violations of the ABI"

# A plugin that cannot be unmapped leaves nothing behind once it is in a process of its own.
kept=("$FIXTURES/stays-mapped" --contract "$CONTRACT")
run 1 "$TENON" load --trust trusted "${kept[@]}" --workers none
has out "org.example.stays-mapped was not unmapped"
for which in all org.example.stays-mapped; do
    run 0 "$TENON" load --trust trusted "${kept[@]}" --workers "$which"
    has out "1 active, 0 not, 1 of 1 unmapped"
done

run 1 "$TENON" load --trust trusted "$PLUGINS" --contract "$CONTRACT" --workers org.tenon.markdwon
has out "load.no-such-plugin" \
    "--workers names org.tenon.markdwon, but no plugin here has this id; did you mean org.tenon.markdown?" \
    "Fix: Name a plugin's id; tenon list tells them."

refused() {
    run 2 "$TENON" load --trust trusted "$PLUGINS" --workers "$1"
    [[ $(head -1 err) == "tenon load: --workers: $2" ]] || fail "wanted: $2"
}
wanted="wanted all, none, or ids such as org.acme.spell,org.acme.tax"
refused nome "\"nome\" is not an id; did you mean none?"
refused Spell "\"Spell\" is not an id; $wanted"
refused "" "\"\" is not an id; $wanted"
refused org.acme.spell, "\"\" is not an id; $wanted"
refused all,org.acme.spell "all stands alone, without ids"
