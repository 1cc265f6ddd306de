#!/usr/bin/env bash
# docs/guide/hot-reload.md: its files are built, its commands are run one after another, and do what it says.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/fixtures/dev/checkout.sh"
python <<'PYTHON'
import os, shlex, subprocess, sys
from terminal import Program, blocks

commands = [(mark, text) for mark, language, text in blocks(os.environ["GUIDE"]) if language == "sh" and "/" not in mark]
terminals = {}

def run(beginning):
    """The page's next command, which begins so."""
    mark, text = commands.pop(0)
    if not text.startswith(beginning):
        sys.exit(f"the page has: {text}\nThe test wants: {beginning}")
    if mark:
        terminals[mark] = Program(*shlex.split(text.replace("\\\n", "")))
        return terminals[mark]
    done = subprocess.run(["sh", "-ec", text], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode}: {text}\n{done.stdout}{done.stderr}")
    return done.stdout

def expect_in(text, *wanted):
    for one in wanted:
        if one not in text:
            sys.exit(f"wanted: {one}\ngot: {text}")

run("sh signature/build.sh\n")
pressroom = run("build/examples/pressroom/pressroom")
pressroom.expect("site is made; watching signature/build")
dev = run("build/tools/cli/tenon dev")
expect_in(dev.expect("watching signature")[0], "building: sh signature/build.sh", "org.example.signature 1.0.0: active")

run("sed -i 's/by hand/by machine/'")
before, _ = dev.expect("watching signature")
expect_in(before, "signature/signature.cc changed, building", "on probation", "8 bytes of state")
expect_in(pressroom.expect("site is made; watching signature/build")[0], "1.0.0 -> 1.0.0: on probation")
expect_in(run("grep 'Set by machine, number 5' site/page-1.html"), "Set by machine, number 5")
pressroom.expect("org.example.signature 1.0.0 -> 1.0.0: reloaded")

# On a slow machine the probation may be over before there were calls: then the build is trusted, and mended and broken again.
breaks, mends = commands[0][1], commands[2][1]
run("sed -i 's/return true;/throw")
dev.expect("watching signature")
pressroom.expect("1.0.0 -> 1.0.0: on probation")
while pressroom.expect("1.0.0 -> 1.0.0: rolled back", "1.0.0 -> 1.0.0: reloaded")[1].endswith("reloaded"):
    for command in (mends, breaks):
        subprocess.run(["sh", "-ec", command], check=True)
        dev.expect("watching signature")
        pressroom.expect("1.0.0 -> 1.0.0: on probation")
expect_in(pressroom.expect("site is made; watching signature/build")[0], "reload.failed-probation: org.example.signature",
          "calls failed", "Fix: Mend the build")
# The site that was being made when the build was rolled back may be told of after that; then the next one is right.
while sum("Set by machine" in open(f"site/page-{page}.html").read() for page in range(1, 5)) != 4:
    pressroom.expect("site is made; watching signature/build")
assert len(run("grep -l 'Set by machine'").split()) == 4
run("sed -i 's/throw")
expect_in(dev.expect("watching signature")[0], "on probation")

run("sed -i 's/++signed_/++sinned_/'")
before, _ = dev.expect("watching signature")
expect_in(before, "signature/signature.cc:16:", "error:", "dev.build-failed",
          "the build ended with exit code 1; nothing was loaded or reloaded", "Fix: Mend what it says above")
assert "generation" not in before, before
run("sed -i 's/++sinned_/++signed_/'")
expect_in(dev.expect("watching signature")[0], "mended: built in")

run("sed -i 's/^version = 1$/version = 2/'")
expect_in(dev.expect("watching signature")[0], "refused", "reload.state-schema")
pressroom.expect("1.0.0 -> 1.0.0: refused")
pressroom.expect("reload.state-schema")
run("sed -i 's/^version = 2$/version = 1/'")
dev.expect("watching signature")
assert not commands, commands

dev.press_ctrl_c()
code, last = dev.end()
assert code == 0, (code, last)
expect_in(last, "builds, 1 failed;", "1 refused")
pressroom.press_ctrl_c()
assert pressroom.end()[0] == 0
PYTHON
