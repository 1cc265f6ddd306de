"""grants.py SHARE TENON FIRST SECOND: what `tenon permissions --json` and `tenon audit --json` print, over the life of the
grants of a plugin that becomes another version (the files FIRST and SECOND), and `tenon doctor --system --json` here, is
as the schemas in SHARE say; and the schemas notice a key too few or too many, and contradictions."""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

PLUGIN = "org.example.asks-for-much"


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


def validator_of(file):
    schema = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def judge(validator, answers, wrong):
    """The answers are valid, each key is needed and no other allowed, and what is in `wrong` is not valid."""
    for answer in answers:
        validator.validate(answer)
        for path, part in objects(answer):
            for change in [*part, None]:
                broken = copy.deepcopy(answer)
                if change is None:
                    at(broken, path)["surplus"] = 1
                else:
                    del at(broken, path)[change]
                if validator.is_valid(broken):
                    sys.exit(f"the schema does not notice that {change or 'a surplus key'} is wrong in {path}")
    for answer in wrong:
        if validator.is_valid(answer):
            sys.exit(f"the schema does not notice the contradiction in {answer}")


def main(share, tenon, first, second):
    share = pathlib.Path(share)
    with tempfile.TemporaryDirectory() as folder:

        def run(*words, status=0):
            done = subprocess.run([tenon, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            if done.returncode != status:
                sys.exit(f"{words} ended with {done.returncode}: {done.stderr.decode()}")
            return done.stdout

        def ask(*words, status=0):
            answer = json.loads(run(*words, "--json", status=status))
            if answer["exit_code"] != status:
                sys.exit(f"{words} says exit code {answer['exit_code']}, and ended with {status}")
            return answer

        store = ("--store", "store.db")
        permissions = [ask("permissions", first)]
        run("grant", PLUGIN, "--all-of", first, *store)
        permissions += [ask("permissions", first, *store), ask("permissions", second, *store)]
        permissions += [ask("permissions", PLUGIN, *store), ask("permissions", "./nothing.so", status=3)]
        run("revoke", PLUGIN, "content:read", *store)
        audit = [ask("audit", *store), ask("audit", "verify", *store)]
        pathlib.Path(folder, "text").write_text("no database at all, but a text of some length", encoding="utf-8")
        audit += [ask("audit", action, "--store", "text", status=1) for action in ("list", "verify")]
        machine = subprocess.run([tenon, "doctor", "--system", "--json"], stdout=subprocess.PIPE, check=False)

    states = {row["state"] for answer in permissions for row in answer["requests"]}
    if states != {"asked", "granted", "waiting", "own", "unasked"}:
        sys.exit(f"the states are {sorted(states)}")
    if [row["what"] for row in audit[0]["rows"]] != ["granted"] * 3 + ["revoked"]:
        sys.exit(f"the log has other rows: {audit[0]}")

    def with_row(answer, which, **changes):
        """The answer with one of its rows changed."""
        answer = copy.deepcopy(answer)
        next(row for row in answer["requests"] if row["state"] == which).update(changes)
        return answer

    judge(validator_of(share / "permissions.schema.json"), permissions, [
        with_row(permissions[1], "granted", by=None), with_row(permissions[1], "granted", since="yesterday"),
        with_row(permissions[2], "waiting", by="somebody"), with_row(permissions[2], "waiting", command=None),
        with_row(permissions[2], "own", command="tenon grant"), with_row(permissions[2], "own", state="mine"),
        {**permissions[1], "exit_code": 1}, {**permissions[4], "exit_code": 0},
        {**permissions[4], "requests": permissions[1]["requests"]},
    ])
    judge(validator_of(share / "audit.schema.json"), audit, [
        {**audit[0], "exit_code": 1}, {**audit[2], "exit_code": 0}, {**audit[2], "rows": audit[0]["rows"]},
        {**audit[1], "whole": False}, {**audit[1], "mark": None}, {**audit[3], "mark": audit[1]["mark"]},
        {**audit[3], "whole": True},
    ])
    judge_machine(validator_of(share / "machine.schema.json"), json.loads(machine.stdout), machine.returncode)


def judge_machine(validator, machine, status):
    """What was found here, and what would be said of a machine without Landlock."""
    if status != (0 if machine["can_confine"] else 1):
        sys.exit(f"doctor --system ended with {status}: {machine}")
    if [layer["name"] for layer in machine["layers"]] != ["limits", "privileges", "namespaces", "landlock", "seccomp"]:
        sys.exit(f"the layers are others: {machine['layers']}")

    def here(landlock_abi, **landlock):
        changed = copy.deepcopy(machine)
        changed.update(can_confine=landlock_abi > 0, landlock_abi=landlock_abi, seccomp=True, controllers=[
            {"name": "memory", "version": 2, "folder": "/sys/fs/cgroup", "writable": False}])
        changed["layers"][3].update(landlock)
        changed["layers"][4].update(enforced=True, means="")
        return changed

    there = {"enforced": True, "found": "Landlock, ABI 2", "means": ""}
    missing = {"enforced": False, "found": "there is none", "means": "confined plugins are refused"}
    judge(validator, [machine, here(2, **there), here(0, **missing)], [
        {**here(2, **there), "can_confine": False}, {**here(0, **missing), "can_confine": True},
        here(2, **missing), {**here(2, **there), "cgroup_version": 3}, {**machine, "layers": machine["layers"][:4]},
        here(2, **{**there, "means": "nothing"}), here(0, **{**missing, "found": ""}),
    ])


main(*sys.argv[1:])
