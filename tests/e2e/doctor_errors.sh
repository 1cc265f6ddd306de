#!/usr/bin/env bash
# doctor ends with 1 when there are errors: of the linking, of the manifest, or of the file.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
file="$FIXTURES/wants-executable-stack/wants-executable-stack.so"
run 1 "$TENON" doctor "$file"
has out "  error lint.executable-stack" "asks for an executable stack (PT_GNU_STACK has the flag E)" \
    "Fix: Link with -Wl,-z,noexecstack" "the stacks of the whole host become executable" "  1 error, 0 warnings, "
run 1 "$TENON" doctor "$FIXTURES/wrong-manifest/wrong-manifest.so"
has out "plugin with a wrong manifest" "  error manifest.bad-version" "wrong-manifest.so!plugin.toml:3:" \
    "  error manifest.unknown-key" "      loading        it is refused" "  2 errors, 0 warnings, "
run 1 "$TENON" doctor "$FIXTURES/unknown-hook/unknown-hook.so"
has out "  error contract.not-in-note"
run 1 "$TENON" doctor "$here/lib.sh"
has out "no Tenon library" "  error image.not-elf" "  1 error, 0 warnings, 0 notes"
