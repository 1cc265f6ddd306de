#!/usr/bin/env bash
# inspect --json --types has the types with kind, place and size of each field.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" inspect --json --types "$CONTRACT"
json_is contract out 0 kind
[[ $(json TYPE out 0 plugin) == NULL ]] || fail "a contract has no plugin"
json_is pressroom_severity out 0 contracts 0 types 0 name
json_is enum out 0 contracts 0 types 0 form
json_is PRESSROOM_WARNING out 0 contracts 0 types 0 values 1 name
json_is 1 out 0 contracts 0 types 0 values 1 number
json_is appendable out 0 contracts 0 types 1 form
json_is 48 out 0 contracts 0 types 1 minimum_size
json_is line out 0 contracts 0 types 1 fields 4 name
json_is u64 out 0 contracts 0 types 1 fields 4 kind
json_is 40 out 0 contracts 0 types 1 fields 4 offset
json_is 8 out 0 contracts 0 types 1 fields 4 size
