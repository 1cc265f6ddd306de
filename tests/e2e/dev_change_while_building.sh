#!/usr/bin/env bash
# A source that is saved during a build is built once more; what a build writes beside the sources is not, when it writes
# the same each time.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/fixtures/dev/checkout.sh"
python <<'PYTHON'
import os
from terminal import Program, replace

os.mkfifo("goes-on")
open("signature/made.h", "w").write("// made\n")
open("build.sh", "w").write("set -e\nsh signature/build.sh\necho '// made' >signature/made.h\n"
                            "if [ -e waits ]; then echo waiting; cat goes-on; fi\n")
dev = Program(os.environ["TENON"], "dev", "signature", "--plugins", "signature/build", "--contract",
              os.environ["CONTRACT"], "--", "sh", "build.sh")
before, _ = dev.expect("watching signature")
assert "changed" not in before, before

open("waits", "w").close()
replace("signature/signature.cc", "by hand", "by machine")
dev.expect("waiting\r\n")
os.remove("waits")
replace("signature/signature.cc", "by machine", "by mistake")
open("goes-on", "w").close()
before, _ = dev.expect("watching signature")
assert before.count("signature/signature.cc changed, building") == 1 and before.count("on probation") == 2, before
assert "made.h" not in before, before
dev.signal()
code, last = dev.end()
assert code == 0, (code, last)
assert "3 builds, 0 failed; 2 reloads, 0 refused" in last, last
PYTHON
