#!/usr/bin/env bash
# inspect shows what a manifest asks for, and with --json the whole manifest, as share/manifest.schema.json describes it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" inspect "$FIXTURES/asks_for_much/asks_for_much.so"
has out "kind         instrument" "for          org.acme.editor ^2.0" "systems      linux-x86_64, linux-aarch64"
has out "GLIBC        at least 2.31.0" "provides     org.example.much 1.2.0" "limits       memory 64 MiB, call time 20000 us"
has out "may read     /usr/share/dict/*" "may connect  api.example.org by https" "content      read"
run 0 "$TENON" inspect --json "$FIXTURES/asks_for_much/asks_for_much.so"
json_is "64 MiB" out 0 manifest limits memory
/usr/bin/python3 - "$MANIFEST_SCHEMA" out 2>why <<'PYTHON' || fail "the manifest is not as the schema says: $(tail -n 20 why)"
import json, sys, jsonschema
schema, files = (json.load(open(name)) for name in sys.argv[1:])
jsonschema.Draft7Validator(schema).validate(files[0]["manifest"])
PYTHON
