"""stats.py SCHEMA PROGRAM: what PROGRAM writes as JSON is as SCHEMA says, and SCHEMA notices a key too few or too many.

PROGRAM must write everything that can be there: each key that the schema names."""
import copy
import json
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


def main(schema_file, program):
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    stats = json.loads(subprocess.run([program, "json"], check=True, stdout=subprocess.PIPE).stdout.decode("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    validator.validate(stats)

    for path, part in objects(stats):
        for change in [*part, None]:
            broken = copy.deepcopy(stats)
            if change is None:
                at(broken, path)["surplus"] = 1
            else:
                del at(broken, path)[change]
            if validator.is_valid(broken):
                sys.exit(f"the schema does not notice that {change or 'a surplus key'} is wrong in {path}")

    unused = named(schema) - {key for _, part in objects(stats) for key in part}
    if unused:
        sys.exit(f"the schema names what is never written: {sorted(unused)}")


main(*sys.argv[1:])
