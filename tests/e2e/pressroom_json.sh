#!/usr/bin/env bash
# pressroom --json has the plugins, the pages with findings and facts, and a summary.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$PRESSROOM" "$here/site" --output site --plugins "$PLUGINS" --json
json_length 5 out plugins
json_is active out plugins 4 state
json_length 2 out pages
json_is index.html out pages 0 target
json_is "The library" out pages 0 title
json_is ON out pages 0 rendered
json_is 3 out pages 0 findings 0 line
json_is spell-check out pages 0 findings 0 source
json_is 3 out pages 0 facts sections
json_is code-format out pages 1 findings 0 source
json_is 7 out pages 1 findings 0 line
json_is 2 out summary pages
json_is 3 out summary warnings
json_is 0 out summary exit_code
