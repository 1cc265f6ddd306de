#!/usr/bin/env bash
# audit lists who granted what, and finds what was changed behind Tenon's back.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" grant org.acme.one env:LANG content:read --store store.db
run 0 "$TENON" grant org.acme.two env:LANG --store store.db
run 0 "$TENON" revoke org.acme.one env:LANG --store store.db

run 0 "$TENON" audit --store store.db
who="$(id -un) (uid $(id -u))"
[[ $(sed -E 's/[0-9-]+T[0-9:]+Z/WHEN/; s/ +/ /g' out) == "row time who plugin what detail
 1 WHEN $who org.acme.one granted env:LANG
 2 WHEN $who org.acme.one granted content:read
 3 WHEN $who org.acme.two granted env:LANG
 4 WHEN $who org.acme.one revoked env:LANG" ]] || fail "the rows are others"
run 0 "$TENON" audit list --plugin org.acme.one --last 2 --store store.db
has out "content:read" "revoked"
lacks out "org.acme.two"
[[ $(wc -l <out) == 3 ]] || fail "wanted two rows and their head"
run 0 "$TENON" audit --plugin org.acme.three --store store.db
[[ $(<out) == "no rows" ]] || fail "there are rows"

run 0 "$TENON" audit verify --store store.db
grep -qE '^as it was written: 4 rows, the last is 4:[0-9a-f]{64}$' out || fail "verify says something else"
mark="$(grep -oE '4:[0-9a-f]{64}' out)"
run 0 "$TENON" grant org.acme.two content:read --store store.db
run 0 "$TENON" audit verify --known "$mark" --store store.db

# change SQL: in a copy.
change() {
    rm -f other.db*
    cp store.db other.db
    /usr/bin/python3 -c 'import sqlite3, sys
file = sqlite3.connect("other.db"); file.execute(sys.argv[1]); file.commit(); file.close()' "$1"
}
change "UPDATE audit SET detail = 'env:HOME' WHERE number = 1"
run 1 "$TENON" audit verify --store other.db
has out "audit.broken" "other.db: row 1 of the audit log is not as it was written: found the hash" \
    "Fix: Somebody else than Tenon has changed the file"
change "DELETE FROM audit WHERE number = 5"
run 1 "$TENON" audit verify --store other.db
has out "audit.broken" "other.db: the audit log ends with row 4; its head says that it ends with row 5"
change "INSERT INTO granted VALUES ('org.acme.one', 'read:/**', 1, 'nobody')"
run 1 "$TENON" audit verify --store other.db
has out "audit.unlogged-grant" \
    "other.db: the grant \"read:/**\" of \"org.acme.one\" is in the store, but not in its audit log"
run 0 "$TENON" grant org.acme.one env:TZ --store fresh.db
run 1 "$TENON" audit verify --known "$mark" --store fresh.db
has out "audit.broken" "fresh.db: the audit log ends with row 1; it once had row 4"
