#!/usr/bin/env bash
# permissions tells what a plugin asks for and what of it was granted; grant and revoke change that, by the words that
# permissions prints.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
id=org.example.asks-for-much
first="$FIXTURES/asks_for_much/asks_for_much.so"
second="$FIXTURES/asks_for_more/asks_for_more.so"

# says TEXT: all that was printed, without the times
says() {
    is_empty err
    [[ $(sed -E 's/since [^ ]+Z by .*/since WHEN by WHO/' out) == "$1" ]] || fail "wanted: $1"
}

run 0 "$TENON" permissions "$first"
says "$id 1.0.0 asks for 3 permissions
  asked  read:/usr/share/dict/*           tenon grant $id 'read:/usr/share/dict/*' --store FILE
  asked  network:https://api.example.org  tenon grant $id network:https://api.example.org --store FILE
  asked  content:read                     tenon grant $id content:read --store FILE"

run 0 "$TENON" grant $id content:read --store store.db
says "granted to $id: content:read"
run 0 "$TENON" permissions "$first" --store store.db
says "$id 1.0.0 asks for 3 permissions; 1 granted, 2 waiting
  waiting  read:/usr/share/dict/*           tenon grant $id 'read:/usr/share/dict/*' --store store.db
  waiting  network:https://api.example.org  tenon grant $id network:https://api.example.org --store store.db
  granted  content:read                     since WHEN by WHO
All that is waiting: tenon grant $id --all-of $first --store store.db"

# The commands that it prints do what they say.
eval "$(sed -n 's/^  waiting  read.*  tenon/"$TENON"/p' out)" >said
[[ $(<said) == "granted to $id: read:/usr/share/dict/*" ]] || fail "the command does something else: $(<said)"
run 0 "$TENON" permissions "$first" --store store.db
lacks out "All that is waiting"
run 0 "$TENON" grant $id --all-of "$first" --store store.db
says "granted before to $id: read:/usr/share/dict/*
granted to $id: network:https://api.example.org
granted before to $id: content:read"

# What the next version asks for in addition is waiting.
run 0 "$TENON" permissions "$second" --store store.db
says "$id 2.0.0 asks for 5 permissions; 2 granted, 2 waiting; 1 granted and not asked for any more
  granted  read:/usr/share/dict/*                   since WHEN by WHO
  own      read:\$data/**                            needs no grant
  waiting  env:LANG                                 tenon grant $id env:LANG --store store.db
  granted  network:https://api.example.org          since WHEN by WHO
  waiting  process:/usr/bin/git log --since={date}  tenon grant $id 'process:/usr/bin/git log --since={date}' --store store.db
  unasked  content:read                             tenon revoke $id content:read --store store.db
All that is waiting: tenon grant $id --all-of $second --store store.db"
run 0 "$TENON" grant $id --all-of "$second" --store store.db
has out "granted to $id: env:LANG" "granted to $id: process:/usr/bin/git log --since={date}"
lacks out '$data'

mkdir $id # of a plugin's data: it is no file of a plugin
run 0 "$TENON" permissions $id --store store.db
says "$id was granted 5 permissions
  granted  content:read                             since WHEN by WHO
  granted  env:LANG                                 since WHEN by WHO
  granted  network:https://api.example.org          since WHEN by WHO
  granted  process:/usr/bin/git log --since={date}  since WHEN by WHO
  granted  read:/usr/share/dict/*                   since WHEN by WHO"
run 0 "$TENON" permissions nothing.so --store store.db
says "nothing.so was granted nothing; there is no file of this name either"

run 1 "$TENON" revoke $id content:read env:TZ --store store.db
says "revoked from $id: content:read
was not granted to $id: env:TZ"
run 0 "$TENON" revoke $id --all --store store.db
has out "revoked from $id: env:LANG" "revoked from $id: read:/usr/share/dict/*"
run 0 "$TENON" revoke $id --all --store store.db
says "nothing was granted to $id"
