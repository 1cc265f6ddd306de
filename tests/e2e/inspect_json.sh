#!/usr/bin/env bash
# inspect --json prints one array with an object for each file.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" inspect --json "$PLUGINS/stats.so" "$PLUGINS/table-of-contents.so"
json_length 2 out
json_is "$PLUGINS/stats.so" out 0 file
json_is plugin out 0 kind
json_is org.tenon.stats out 0 plugin id
json_is 1.0.0 out 0 plugin version
json_is MIT out 0 plugin license
json_is "The Tenon authors" out 0 plugin authors 0
json_is 0 out 0 abi major
json_is org.tenon.table-of-contents out 0 dependencies 0 id
json_is ^1.0 out 0 dependencies 0 range
json_is OFF out 0 dependencies 0 optional
json_is after_render out 0 handles 0 hook
json_is 10 out 0 handles 0 priority
json_is FILTER out 0 handles 0 kind
json_is "" out 0 handles 0 request
json_is pressroom_page out 0 handles 0 reply
json_is 200000000 out 0 handles 0 hard_budget_ns
json_is used out 0 contracts 0 role
json_length 0 out 0 problems
json_is offered out 1 contracts 1 role
json_is outline out 1 contracts 1 services 0 methods 0 name
lacks out '"types"'
