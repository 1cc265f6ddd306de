#!/usr/bin/env bash
# doctor says of a library for another machine that it is for another machine, once.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cp "$PLUGINS/markdown.so" other.so
printf '\x15\x00' | dd of=other.so bs=1 seek=18 conv=notrunc 2>/dev/null # PowerPC, 64 bits
run 1 "$TENON" doctor other.so
has out "  error image.wrong-machine" "was built for PowerPC, 64 bits; this host runs on" "  1 error, "
