#!/usr/bin/env bash
# disable keeps a plugin from loading where the store is used, and says why; enable lets it load again.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
try=("$TENON" load ${TRUST:-} "$PLUGINS/markdown.so" --contract "$CONTRACT" --store store.db)
run 0 "${try[@]}"
run 0 "$TENON" disable org.tenon.markdown --reason "too slow on books" --store store.db
[[ $(<out) == "org.tenon.markdown will not load any more: too slow on books" ]] || fail "disable says something else"
is_empty err
run 1 "${try[@]}"
has out "plugin.disabled" "org.tenon.markdown" "is disabled, by" ": too slow on books" "tenon enable"
run 0 "$TENON" load ${TRUST:-} "$PLUGINS/markdown.so" --contract "$CONTRACT"
run 0 "$TENON" enable org.tenon.markdown --store store.db
[[ $(<out) == "org.tenon.markdown may load again; its errors so far are forgiven" ]] || fail "enable says something else"
run 0 "${try[@]}"

# refuses STATUS ANSWER ARGUMENT...
refuses() {
    local status="$1" answer="$2"
    shift 2
    run "$status" "$TENON" "$@"
    is_empty out
    has err "$answer"
}
refuses 2 "tenon enable: no ID" enable --store store.db
refuses 2 "tenon enable: no --store" enable org.tenon.markdown
refuses 2 "tenon enable: --store: File does not exist: nothing.db" enable org.tenon.markdown --store nothing.db
refuses 2 "tenon disable: no --reason" disable org.tenon.markdown --store store.db
refuses 2 "tenon disable: no --store" disable org.tenon.markdown --reason slow
refuses 2 "tenon disable: unknown argument 'more'" disable org.tenon.markdown more --reason slow --store store.db
refuses 1 "\"no id\" is not the id of a plugin" disable "no id" --reason slow --store store.db
printf 'no database at all, but a text of some length' >text
refuses 1 "text" enable org.tenon.markdown --store text
