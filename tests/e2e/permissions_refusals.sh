#!/usr/bin/env bash
# permissions, grant, revoke and audit refuse what makes no sense, say why, and change nothing.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
id=org.example.asks-for-much
plugin="$FIXTURES/asks_for_much/asks_for_much.so"
run 0 "$TENON" grant $id content:read --store store.db

# refuses STATUS ANSWER ARGUMENT...
refuses() {
    local status="$1" answer="$2"
    shift 2
    run "$status" "$TENON" "$@"
    is_empty out
    has err "$answer"
}
refuses 2 "tenon permissions: no FILE or ID" permissions --store store.db
refuses 2 "tenon permissions: no --store" permissions $id
refuses 2 "tenon permissions: --store: File does not exist: nothing.db" permissions $id --store nothing.db
refuses 2 "tenon grant: no ID" grant --store store.db
refuses 2 "tenon grant: no REQUEST, and no --all-of" grant $id --store store.db
refuses 2 "tenon grant: --all-of and requests exclude each other" grant $id env:LANG --all-of "$plugin" --store store.db
refuses 2 "tenon grant: no --store" grant $id env:LANG
refuses 2 "tenon grant: unknown option '--al-of'; did you mean '--all-of'?" grant $id env:LANG --al-of --store store.db
refuses 2 "tenon revoke: no REQUEST, and no --all" revoke $id --store store.db
refuses 2 "tenon revoke: --all and requests exclude each other" revoke $id env:LANG --all --store store.db
refuses 2 "tenon revoke: --store: File does not exist: nothing.db" revoke $id --all --store nothing.db
refuses 2 "tenon audit: no --store" audit
refuses 2 "tenon audit: unknown action 'verfy'; did you mean 'verify'?" audit verfy --store store.db
refuses 2 "tenon audit: --last is for list" audit verify --last 3 --store store.db
refuses 2 "tenon audit: --known is for verify" audit --known "1:$(printf '0%.0s' {1..64})" --store store.db
refuses 2 "wanted NUMBER:HASH, as verify prints it" audit verify --known 17 --store store.db
refuses 2 "\"no id\" is not an id; wanted one such as org.acme.spell" audit --plugin "no id" --store store.db
refuses 1 "\"raed:/x\" is no request: there is no permission \"raed\"; did you mean \"read\"? Fix: Write it as in read:/usr/share/dict/*." \
    grant $id env:LANG raed:/x --store store.db
refuses 1 "\"no id\" is not the id of a plugin" grant "no id" env:LANG --store store.db
refuses 1 "tenon: grant.other-plugin: " grant org.acme.other --all-of "$plugin" --store store.db
has err "grant.other-plugin" "$plugin is org.example.asks-for-much, not org.acme.other Fix: Name the plugin's own file, or this id."
refuses 1 "$CONTRACT is no plugin Fix: tenon inspect tells what it is." grant $id --all-of "$CONTRACT" --store store.db
refuses 1 "nothing.so: cannot be read" grant $id --all-of nothing.so --store store.db
printf 'no database at all, but a text of some length' >text
refuses 1 "text: is not an SQLite database" grant $id env:LANG --store text
run 0 "$TENON" audit --store store.db
[[ $(wc -l <out) == 2 ]] || fail "something was granted"

run 3 "$TENON" permissions ./nothing.so
has out "file.unreadable" "./nothing.so: cannot be read"
run 1 "$TENON" permissions "$CONTRACT"
has out "grant.no-plugin" "is no plugin" "Fix: tenon inspect tells what it is."
run 1 "$TENON" permissions $id --store text
has out "store.not-a-store" "text: is not an SQLite database"
