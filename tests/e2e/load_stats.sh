#!/usr/bin/env bash
# load --stats has a row for each handler, with the budget that it would run under; as a table, JSON or for Prometheus.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
try=("$TENON" load --trust trusted "$PLUGINS/markdown.so" --contract "$CONTRACT")
run 0 "${try[@]}" --stats
has out "1 active, 0 not" "breaker" "org.tenon.markdown#render  org.tenon.pressroom/render      0" "closed" \
    "budget: soft 20 ms (hook), hard 200 ms (hook)"
mv out table
run 0 "${try[@]}" --stats=table
[[ $(grep -c "budget: soft 20 ms" out) == "$(grep -c "budget: soft 20 ms" table)" ]] || fail "--stats is not --stats=table"
run 0 "${try[@]}" --stats=prometheus
has out "1 active, 0 not" "# TYPE tenon_handler_calls_total counter" 'hook="org.tenon.pressroom/render"'
run 0 "${try[@]}" --stats=json
has out "1 active, 0 not" '"watchdog_period_ns"'
run 0 "${try[@]}"
lacks out "budget"

lacks table "worker"
run 0 "${try[@]}" --stats --workers all
has out "worker " "restarts" "resident"
grep -Eq '^org\.tenon\.markdown +[0-9]+ +0 +[0-9]+ .* (KiB|MiB)  runs$' out || fail "no line for the worker of markdown"
run 0 "${try[@]}" --stats=prometheus --workers all
has out 'tenon_worker_state{plugin="org.tenon.markdown"} 1'

run 0 "${try[@]}" --json
json_is "" out statistics
printf '[hooks."org.tenon.pressroom/render"]\nhard = "70 ms"\n' >operator.toml
run 0 "${try[@]}" --json --stats --operator operator.toml
json_length 1 out statistics handlers
json_length 0 out statistics workers
json_is org.tenon.markdown out statistics handlers 0 plugin
json_is org.tenon.pressroom/render out statistics handlers 0 hook
json_is 20000000 out statistics handlers 0 budget soft ns
json_is hook out statistics handlers 0 budget soft from
json_is 70000000 out statistics handlers 0 budget hard ns
json_is operator out statistics handlers 0 budget hard from
/usr/bin/python3 - "$(dirname "$REPORT_SCHEMA")/stats.schema.json" out 2>why <<'PYTHON' || fail "not as the schema says: $(tail -n 20 why)"
import json, sys, jsonschema
schema, report = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft7Validator(schema).validate(report["statistics"])
PYTHON

run 2 "${try[@]}" --stats=xml
has err "tenon load: --stats: xml not in {table,json,prometheus}" "Try 'tenon load --help'."
printf '[hooks."org.tenon.pressroom/render"]\nhrd = "70 ms"\n' >operator.toml
run 1 "${try[@]}" --operator operator.toml
has err 'hooks."org.tenon.pressroom/render".hrd: unknown key; did you mean "hard"?'
run 1 "${try[@]}" --operator nothing.toml
has err "nothing.toml"
