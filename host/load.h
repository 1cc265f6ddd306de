// Files become live plugins.
#pragma once

#include <vector>

#include "host/discover.h"

namespace tenon::host {

// The private copy, with what lies beside the library; `resources` is its folder of them, empty: as the manifest says.
base::Check stage_build(Host& host, Plugin& plugin, const std::string& resources);
// The copy's code in memory; its constructors run. Problems: those of lint's dangers and of Module::open.
base::Check open_build(Plugin& plugin);

// What loading would do: the plugins that would start, in that order, then the refused ones. Loader's turn.
std::vector<Row> preview(Host& host, const Discovered& found);

// Loads and starts what was found. One row per candidate; a plugin that is refused or fails leaves the others running.
// Loader's turn.
std::vector<Row> load(Host& host, Discovered found);

}  // namespace tenon::host
