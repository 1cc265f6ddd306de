#!/usr/bin/env bash
# A saved source is built and reloaded; one that does not compile changes nothing until it is mended; Ctrl-C ends it all.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/fixtures/dev/checkout.sh"
python <<'PYTHON'
import os, re
from terminal import Program, replace

source = "signature/signature.cc"
dev = Program(os.environ["TENON"], "dev", "signature", "--plugins", "signature/build", "--contract",
              os.environ["CONTRACT"], "--", "sh", "signature/build.sh")
before, _ = dev.expect("watching signature")
assert "org.example.signature 1.0.0: active" in before, before

replace(source, "by hand", "by machine")
before, _ = dev.expect("watching signature")
assert "signature/signature.cc changed, building" in before, before
line = r"\d\d:\d\d:\d\d org\.example\.signature 1\.0\.0, generation 1 -> 2: on probation, [\d.]+ (us|ms|s) \(wait [^)]*, publish [^)]*\)"
assert re.search(line, before), before

replace("signature/plugin.toml", 'version = "1.0.0"', 'version = "1.1.0"')
before, _ = dev.expect("watching signature")
assert "org.example.signature 1.0.0 -> 1.1.0, generation 2 -> 3: on probation" in before, before

replace(source, "return true;", "return tru;")
before, _ = dev.expect("watching signature")
assert re.search(r"signature/signature\.cc:\d+:\d+: error: ", before), before
assert "dev.build-failed" in before and "generation" not in before, before

replace(source, "return tru;", "return true;  // mended")
before, _ = dev.expect("watching signature")
assert "mended: built in " in before, before

# The names of what is no source are never told; a new file and a new folder are.
for path in ("signature/.hidden.cc", "signature/signature.cc~", "signature/build/made.cc", "signature/.signature.cc.swp"):
    open(path, "w").write("nothing\n")
os.mkdir("signature/more")
open("signature/more/new.h", "w").write("// new\n")
before, _ = dev.expect(" changed, building")
assert before.split()[-1] == "signature/more/new.h", before
dev.expect("watching signature")
os.remove("signature/more/new.h")
dev.expect("signature/more/new.h changed, building")
dev.expect("watching signature")

dev.press_ctrl_c()
code, last = dev.end()
assert code == 0, (code, last)
assert "7 builds, 1 failed; 2 reloads, 0 refused" in last, last
PYTHON
