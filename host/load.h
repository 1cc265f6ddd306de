// Files become live plugins.
#pragma once

#include <vector>

#include "host/discover.h"

namespace tenon::host {

// What loading would do: the plugins that would start, in that order, then the refused ones. Loader's turn.
std::vector<Row> preview(Host& host, const Discovered& found);

// Loads and starts what was found. One row per candidate; a plugin that is refused or fails leaves the others running.
// Loader's turn.
std::vector<Row> load(Host& host, Discovered found);

}  // namespace tenon::host
