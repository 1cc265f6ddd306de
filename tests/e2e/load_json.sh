#!/usr/bin/env bash
# load --json prints one object with a row for each plugin.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$TENON" load ${TRUST:-} --json "$PLUGINS/markdown.so" --contract "$CONTRACT"
json_is org.tenon.pressroom out contracts 0 id
json_is "$CONTRACT" out contracts 0 file
json_length 1 out plugins
json_is org.tenon.markdown out plugins 0 id
json_is 1.0.0 out plugins 0 version
json_is "$PLUGINS/markdown.so" out plugins 0 path
json_is active out plugins 0 state
json_is "" out plugins 0 reason
json_is ON out plugins 0 unmapped
json_length 0 out problems
json_is 0 out violations
json_is 0 out exit_code
