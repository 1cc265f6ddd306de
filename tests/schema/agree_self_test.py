"""agree.py notices what it is there to notice: a schema that is too strict or too lax, and a set that claims too much.

    agree_self_test.py PARSER ROOT FOLDER
"""
import json
import pathlib
import subprocess
import sys

parser, root, folder = (pathlib.Path(argument) for argument in sys.argv[1:])
here = pathlib.Path(__file__).parent
schema_text = (root / "share/manifest.schema.json").read_text(encoding="utf-8")
set_text = "".join(file.read_text(encoding="utf-8") for file in sorted((here / "manifests").glob("*.txt")))
failed = False


def agree(schema, manifests):
    (folder / "set").mkdir(parents=True, exist_ok=True)
    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (folder / "set/all.txt").write_text(manifests, encoding="utf-8")
    return subprocess.run(
        [sys.executable, here / "agree.py", "--schema", folder / "schema.json", "--page", root / "docs/manifest.md",
         "--parser", parser, "--folder", folder / "blocks", folder / "set"], capture_output=True, encoding="utf-8")


def wanted(what, result, text):
    global failed
    if result.returncode != 1 or text not in result.stdout + result.stderr:
        print(f"{what}: wanted {text!r}, got {result.returncode}: {result.stdout[-2000:]}{result.stderr[-2000:]}")
        failed = True


def with_schema(what, change, text):
    schema = json.loads(schema_text)
    change(schema)
    wanted(what, agree(schema, set_text), text)


def with_block(what, block, text):
    wanted(what, agree(json.loads(schema_text), set_text + "\n" + block), text)


def strict(schema):
    schema["properties"]["kind"]["enum"].remove("instrument")


def lax(schema):
    schema["properties"]["authors"]["maxItems"] = 1000
    schema["properties"]["kind"] = {"type": "string"}


def unlisted(schema):
    schema["properties"]["colour"] = {"type": "string"}


def unchecked(schema):
    schema["properties"]["limits"]["additionalProperties"] = True


def wrong(schema):
    schema["properties"]["abi"]["type"] = "number of a kind"


with_schema("a strict schema", strict, "every kind of plugin has its word: instrument: is not good: parser [], schema [")
with_schema("a lax schema", lax, "a kind that is not one: the schema does not refuse the same key")
with_schema("a key that only the schema has", unlisted, "no good manifest of the set has the key colour")
with_schema("a key that only the schema has", unlisted, "the page does not name the key colour")
with_schema("unknown keys in a table", unchecked, "#/properties/limits lets unknown keys pass")
with_schema("no schema at all", wrong, "'number of a kind' is not valid under any of the given schemas")
with_block("a bad one called good", '### good | x\nkind = "x"', "x: is not good: parser [['manifest.bad-choice'")
with_block("a good one called bad", "### bad | manifest.bad-choice | x\n", "x: the parser does not say")
with_block("a bad one for another reason", '### bad | manifest.bad-url | x\nkind = "x"', "x: the parser does not say")
with_block("an excuse that is none", '### bad for the parser alone | manifest.bad-choice | x | y\nkind = "x"',
           "x: the schema refuses it as well")
with_block("a title twice", "### good | empty lists\n", "two blocks have the title empty lists")
with_block("no reason", "### bad for the parser alone | manifest.bad-id | x", "not the first line of a block")
sys.exit(1 if failed else 0)
