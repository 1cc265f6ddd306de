#!/usr/bin/env bash
# doctor --json prints one array with an object for each file, the severe findings first.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
file="$FIXTURES/wants-executable-stack/wants-executable-stack.so"
run 1 "$TENON" doctor --json "$file" "$PLUGINS/markdown.so"
json_length 2 out
json_is "$file" out 0 file
json_is "plugin org.example.wants-executable-stack 1.2.3" out 0 title
json_is 1 out 0 errors
json_is 0 out 0 warnings
json_is lint.executable-stack out 0 findings 0 id
json_is error out 0 findings 0 severity
json_is "$file: asks for an executable stack (PT_GNU_STACK has the flag E)" out 0 findings 0 text
has out '"fix": "Link with -Wl,-z,noexecstack'
json_length 4 out 0 findings 0 means
json_is "the stacks of the whole host become executable, and stay so" out 0 findings 0 means isolation
json_is "refused by glibc 2.41 and later, and where the system forbids it" out 0 findings 0 means loading
json_is - out 0 findings 0 means reloading
json_is "older systems load it, and lose the protection" out 0 findings 0 means older_systems
json_is 0 out 1 errors
json_is 0 out 1 warnings
json_is note out 1 findings 0 severity
