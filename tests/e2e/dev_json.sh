#!/usr/bin/env bash
# With --json, standard output has the records of reloads, a line each, and nothing else.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/fixtures/dev/checkout.sh"
python <<'PYTHON'
import json, os, signal, subprocess
from terminal import replace

dev = subprocess.Popen([os.environ["TENON"], "dev", "signature", "--plugins", "signature/build", "--contract",
                        os.environ["CONTRACT"], "--json", "--", "sh", "-c", "echo the build speaks; sh signature/build.sh"],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
told = ""
def wait_for(text):
    global told
    for line in dev.stderr:
        told += line
        if text in line:
            return
    raise SystemExit("it ended: " + told)

wait_for("watching signature")
assert "the build speaks" in told and "org.example.signature 1.0.0: active" in told, told
replace("signature/signature.cc", "by hand", "by machine")
record = json.loads(dev.stdout.readline())
assert record["plugin"] == "org.example.signature" and record["verdict"] == "on probation", record
assert record["from"]["generation"] == 1 and record["to"]["generation"] == 2 and record["state_bytes"] == 8, record
record = json.loads(dev.stdout.readline())
assert record["number"] == 1 and record["verdict"] == "reloaded" and record["unmapped"] is True, record
wait_for("watching signature")
replace("signature/plugin.toml", "version = 1\n", "version = 2\n")
record = json.loads(dev.stdout.readline())
assert record["verdict"] == "refused" and record["problem"]["reason"] == "reload.state-schema", record
wait_for("watching signature")
dev.send_signal(signal.SIGTERM)
out, err = dev.communicate()
assert dev.returncode == 0 and out == "", (dev.returncode, out)
assert "3 builds, 0 failed; 1 reload, 1 refused" in err, err
PYTHON
