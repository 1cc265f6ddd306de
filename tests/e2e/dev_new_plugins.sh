#!/usr/bin/env bash
# A plugin that a later build makes is loaded; one that was refused is loaded when it has been mended.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$here/fixtures/dev/checkout.sh"
python <<'PYTHON'
import os
from terminal import Program, replace

open("build.sh", "w").write("set -e\nmkdir -p signature/build\n"
                            "if [ -e signature/ready.txt ]; then sh signature/build.sh; fi\n"
                            "if [ -e signature/both.txt ]; then cp build/plugins/markdown.so signature/build/; fi\n")
dev = Program(os.environ["TENON"], "dev", "signature", "--plugins", "signature/build", "--contract",
              os.environ["CONTRACT"], "--", "sh", "build.sh")
before, _ = dev.expect("watching signature")
assert "load.no-plugins" in before, before

replace("signature/plugin.toml", '"^1.0"', '"^2.0"')
dev.expect("watching signature")
open("signature/ready.txt", "w").close()
before, _ = dev.expect("watching signature")
assert "org.example.signature 1.0.0: failed" in before and "^2.0" in before, before
replace("signature/plugin.toml", '"^2.0"', '"^1.0"')
before, _ = dev.expect("watching signature")
assert "org.example.signature 1.0.0: active" in before, before
open("signature/both.txt", "w").close()
before, _ = dev.expect("watching signature")
assert "org.tenon.markdown 1.0.0: active" in before, before
dev.press_ctrl_c()
code, last = dev.end()
assert code == 0, (code, last)
assert "5 builds, 0 failed; 0 reloads, 0 refused" in last, last
PYTHON
