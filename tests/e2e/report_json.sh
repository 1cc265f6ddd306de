#!/usr/bin/env bash
# What list, plan and load print with --json is as share/report.schema.json says, for what starts and what is refused.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
conforms() {
    /usr/bin/python3 - "$REPORT_SCHEMA" out 2>why <<'PYTHON' || fail "the output is not as the schema says: $(tail -n 20 why)"
import json, sys, jsonschema
schema, report = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.Draft7Validator(schema).validate(report)
PYTHON
}
for command in list plan load; do
    run 0 "$TENON" "$command" --json "$PLUGINS" --contract "$CONTRACT" --trust trusted
    conforms
    json_length 5 out plugins
    json_is 0 out exit_code
    run 1 "$TENON" "$command" --json "$FIXTURES/needs_much" "$FIXTURES/wrong-manifest" "$FIXTURES/refuses-to-start"
    conforms
    json_length 3 out plugins
    json_is 1 out exit_code
    run 3 "$TENON" "$command" --json "$work/nothing-there"
    conforms
    json_is file.unreadable out problems 0 id
done
run 0 "$TENON" load --json --stats "$PLUGINS" --contract "$CONTRACT" --trust trusted
conforms
printf '[sandbox]\nwithout = ["seccomp"]\nallow_degraded = true\n' >operator.toml
for level in trusted standard strict locked; do
    run 0 "$TENON" load --json "$PLUGINS/markdown.so" --contract "$CONTRACT" --trust "$level" --workers all \
        --operator operator.toml
    conforms
    json_is "$level" out plugins 0 sandbox level
done
run 0 "$TENON" plan --json "$FIXTURES/needs_lines" "$FIXTURES/draws_lines_2" --contract "$CONTRACT"
json_is org.example.draws-lines out plugins 0 id
json_is resolved out plugins 0 state
json_length 0 out plugins 0 after
json_is org.example.draws-lines out plugins 1 after 0 plugin
json_is "dependency org.example.draws-lines ^2" out plugins 1 after 0 what
json_is ON out plugins 1 after 0 required
