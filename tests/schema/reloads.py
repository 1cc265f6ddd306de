"""reloads.py SCHEMA PROGRAM TESTS FOLDER: the records of reloads that PROGRAM makes up, and those that TESTS write into
the file of the environment variable RELOAD_RECORDS, are as SCHEMA says; and SCHEMA notices a key too few or too many.

PROGRAM must write everything that can be there: each key that the schema names, and each verdict."""
import copy
import json
import os
import pathlib
import subprocess
import sys

import jsonschema


def objects(value, path=()):
    """All objects inside the value, with their paths."""
    if isinstance(value, dict):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from objects(inner, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def named(schema):
    """All keys that the schema names."""
    return {key for _, part in objects(schema) if isinstance(part.get("properties"), dict) for key in part["properties"]}


def notices(validator, record):
    for path, part in objects(record):
        for change in [*part, None]:
            broken = copy.deepcopy(record)
            if change is None:
                at(broken, path)["surplus"] = 1
            else:
                del at(broken, path)[change]
            if validator.is_valid(broken):
                sys.exit(f"the schema does not notice that {change or 'a surplus key'} is wrong in {path}")


def contradictions(records):
    """Records that no reload ends with."""
    by = {record["verdict"]: record for record in records}
    yield {**by["refused"], "problem": None}
    yield {**by["reloaded"], "problem": by["refused"]["problem"]}
    yield {**by["reloaded"], "to": None}
    yield {**by["unchanged"], "to": by["reloaded"]["to"]}
    yield {**by["rolled back"], "problem": None}
    yield {**by["on probation"], "unmapped": True}
    yield {**by["reloaded"], "unmapped": True, "mapped_because": {"reason": "unload.busy", "text": "a call"}}


def main(schema_file, program, tests, folder):
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)

    lines = subprocess.run([program], check=True, stdout=subprocess.PIPE).stdout.decode("utf-8").splitlines()
    made_up = [json.loads(line) for line in lines]
    for record in made_up:
        validator.validate(record)
        notices(validator, record)
    for record in contradictions(made_up):
        if validator.is_valid(record):
            sys.exit(f"the schema does not notice the contradiction in {record}")
    unused = named(schema) - {key for record in made_up for _, part in objects(record) for key in part}
    if unused:
        sys.exit(f"the schema names what is never written: {sorted(unused)}")
    verdicts = {record["verdict"] for record in made_up}
    if verdicts != set(schema["properties"]["verdict"]["enum"]):
        sys.exit(f"the schema has other verdicts than {sorted(verdicts)}")

    real = pathlib.Path(folder) / "reload-records.jsonl"
    real.unlink(missing_ok=True)
    subprocess.run([tests], check=True, stdout=subprocess.DEVNULL, env={**os.environ, "RELOAD_RECORDS": str(real)})
    found = [json.loads(line) for line in real.read_text(encoding="utf-8").splitlines()]
    for record in found:
        validator.validate(record)
    if {record["verdict"] for record in found} != verdicts:
        sys.exit(f"{tests} has not written a record of each verdict")


main(*sys.argv[1:])
