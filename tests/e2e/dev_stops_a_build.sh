#!/usr/bin/env bash
# Ctrl-C during a build ends the build with all its processes.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/fixtures/dev/checkout.sh"
mkfifo says-who
python <<'PYTHON'
import os, sys
from terminal import Program

# A process of the build keeps this end of the pipe open until it is gone.
dev = Program(os.environ["TENON"], "dev", "signature", "--", "sh", "-c", "sh -c 'sleep 1000; :' >says-who & echo begun; wait")
pipe = os.open("says-who", os.O_RDONLY)
dev.expect("begun\r\n")
dev.press_ctrl_c()
code, last = dev.end()
assert code == 0, (code, last)
assert "0 builds, 0 failed; 0 reloads, 0 refused" in last, last
assert os.read(pipe, 1) == b""
PYTHON
