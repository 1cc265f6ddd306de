#!/usr/bin/env bash
# pressroom ends with 2 for a wrong command line and 3 when nothing could be built.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 2 "$PRESSROOM" "$here/site" --plugins "$PLUGINS"
has err "--output"
run 2 "$PRESSROOM" "$here/site" --output site --plugins nowhere
run 2 "$PRESSROOM" "$here/site" --output site --plugins "$PLUGINS" --jobs 0
run 3 "$PRESSROOM" nowhere --output site --plugins "$PLUGINS"
has out "nowhere: left out: there is no such file or folder"
run 3 "$PRESSROOM" "$here/site" --output /dev/null/site --plugins "$PLUGINS"
