#!/usr/bin/env bash
# pressroom makes a page of each document, with what each plugin adds.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run 0 "$PRESSROOM" "$here/site" --output site --plugins "$PLUGINS"
is_empty err
has site/index.html '<h1 id="the-library">The library</h1>' '<a href="#opening-hours">Opening hours</a>' '&quot;books&quot;: 120' \
    '<a href="sub/shelves.html">the shelves</a>' 'min to read' 'dictonary&quot; is not in the dictionary'
has site/sub/shelves.html '<h1 id="shelves">Shelves</h1>' 'Some text about shelves.'
has out "$here/site/index.md:3: spell-check: \"dictonary\" is not in the dictionary; did you mean \"dictionary\"" \
    "the link to sub/cellar.md leads to no page of the site" "2 pages"
[[ $(find site -type f | wc -l) == 2 ]] || fail "there should be two files"
