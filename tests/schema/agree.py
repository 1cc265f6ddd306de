"""The schema and the parser say the same of every manifest of a set.

The set is a folder of files of blocks. A block begins with a line of these:

    ### good | TITLE
    ### bad | PROBLEM ID | TITLE
    ### bad for the parser alone | PROBLEM ID | TITLE | WHY THE SCHEMA CANNOT TELL

What follows is a manifest; id, name and version are put in front of it unless it begins with "# as it stands" or has
them. Beside the verdicts, the keys that both find fault with are compared, and the set and the page must name every key
of the schema.
"""
import argparse
import datetime
import json
import pathlib
import subprocess
import sys
import tomllib

import jsonschema

HEAD = {"id": 'id = "org.example.plugin"', "name": 'name = "Example"', "version": 'version = "1.0.0"'}
KINDS = {"good": 2, "bad": 3, "bad for the parser alone": 4}
FEWEST = 110
MOST_ALONE = 0.1  # of the bad ones


class Block:
    def __init__(self, place, fields):
        self.place = place
        self.kind = fields[0]
        if self.kind not in KINDS or len(fields) != KINDS[self.kind] or not all(fields):
            raise SystemExit(f"{place}: not the first line of a block: {' | '.join(fields)}")
        self.problem = fields[1] if self.kind != "good" else None
        self.title = fields[1] if self.kind == "good" else fields[2]
        self.lines = []

    def text(self):
        top = []
        for line in self.lines:
            if line.startswith("["):
                break
            top.append(line)
        stands = any(line.startswith("# as it stands") for line in top)
        missing = [] if stands else [
            line for key, line in HEAD.items() if not any(own.startswith(f"{key} =") for own in top)]
        return "\n".join(missing + self.lines) + "\n"


def read_blocks(folder):
    blocks = []
    for file in sorted(folder.glob("*.txt")):
        lines = []  # above the first block: words about the file
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("### "):
                blocks.append(Block(f"{file.name}:{number}", [field.strip() for field in line[4:].split("|")]))
                lines = blocks[-1].lines
            else:
                lines.append(line)
    return blocks


def to_json(value):
    """TOML as JSON. Dates have no counterpart: they become what no key of the schema takes."""
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return {"a date or time": value.isoformat()}
    return value


def leaves(error):
    """The faults under an error, which may be that of an anyOf."""
    if not error.context:
        return [error]
    return [leaf for inner in error.context for leaf in leaves(inner)]


def schema_faults(validator, text):
    """The keys at fault, as far down as the schema tells; None if it is not even TOML."""
    try:
        document = to_json(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    return [([str(part) for part in leaf.absolute_path], leaf.message)
            for error in validator.iter_errors(document) for leaf in leaves(error)]


def parser_verdicts(program, files):
    output = subprocess.run([program, *files], check=True, capture_output=True, encoding="utf-8").stdout
    verdicts = {str(file): [] for file in files}
    for line in output.splitlines():
        file, *verdict = line.split("\t", 2)
        verdicts[file].append(verdict)
    return verdicts


def same_key(faults, problems):
    """Whether a fault of the schema is about the same top-level key as a problem of the parser."""
    keys = {text.split(": ", 2)[1].split(".")[0].split("[")[0].strip('"') for _, text in problems}
    for path, message in faults:
        if path and path[0] in keys or not path and any(f"'{key}'" in message for key in keys):
            return True
    return False


def judge(block, text, validator, verdict):
    """What is wrong with a block, or nothing."""
    problems = [found for found in verdict if found != ["good"]]
    faults = schema_faults(validator, text)
    if block.kind == "good":
        return f"is not good: parser {problems}, schema {faults}" if problems or faults != [] else None
    if [found[0] for found in problems] != [block.problem]:
        return f"the parser does not say {block.problem}, and that alone: {problems}"
    if faults is None:  # not TOML for Python either
        return None if block.kind == "bad" else "Python cannot read it as TOML"
    if block.kind == "bad" and not same_key(faults, problems):
        return f"the schema does not refuse the same key: parser {problems}, schema {faults}"
    if block.kind != "bad" and faults:
        return f"the schema refuses it as well: {faults}"
    return None


def keys_of(schema):
    if isinstance(schema, dict):
        yield from schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else {}
        for value in schema.values():
            yield from keys_of(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys_of(value)


def used_keys(value):
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from used_keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from used_keys(item)


def open_objects(schema, path="#"):
    """The places of objects that let unknown keys pass."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            yield path
        for key, value in schema.items():
            yield from open_objects(value, f"{path}/{key}")


def judge_whole(blocks, texts, schema, page):
    """What is wrong with the set, the schema and the page, whatever the blocks are."""
    keys = set(keys_of(schema))
    good = {key for block, text in zip(blocks, texts) if block.kind == "good" for key in used_keys(tomllib.loads(text))}
    if len(blocks) < FEWEST:
        yield f"the set has {len(blocks)} manifests, {FEWEST} are the least"
    yield from (f"no good manifest of the set has the key {key}" for key in sorted(keys - good))
    yield from (f"the page does not name the key {key}" for key in sorted(keys) if f"`{key}`" not in page)
    ids = {block.problem for block in blocks if block.problem}
    yield from (f"the page does not list {problem}" for problem in sorted(ids) if f"| `{problem}` |" not in page)
    yield from (f"{place} lets unknown keys pass" for place in open_objects(schema) if place != "#/properties/config")
    bad = [block for block in blocks if block.kind != "good"]
    alone = [block for block in bad if block.kind != "bad"]
    if len(alone) > MOST_ALONE * len(bad):
        yield f"{len(alone)} of {len(bad)} bad ones are for the parser alone: that is too many"
    titles = [block.title for block in blocks]
    yield from (f"two blocks have the title {title}" for title in sorted({t for t in titles if titles.count(t) > 1}))


def main():
    parser = argparse.ArgumentParser()
    for name in ("--schema", "--page", "--parser", "--folder"):
        parser.add_argument(name, required=True, type=pathlib.Path)
    parser.add_argument("set", type=pathlib.Path)
    arguments = parser.parse_args()

    schema = json.loads(arguments.schema.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    blocks = read_blocks(arguments.set)
    texts = [block.text() for block in blocks]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    files = [arguments.folder / f"{number}.toml" for number in range(len(blocks))]
    for file, text in zip(files, texts):
        file.write_bytes(text.encode("utf-8"))
    verdicts = parser_verdicts(arguments.parser, files)

    validator = jsonschema.Draft7Validator(schema)
    faults = []
    for block, text, file in zip(blocks, texts, files):
        if wrong := judge(block, text, validator, verdicts[str(file)]):
            faults.append(f"{block.place}: {block.title}: {wrong}")
    faults += judge_whole(blocks, texts, schema, arguments.page.read_text(encoding="utf-8"))
    for fault in faults:
        print(fault)
    counts = {kind: sum(block.kind == kind for block in blocks) for kind in KINDS}
    print(f"{len(blocks)} manifests: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
