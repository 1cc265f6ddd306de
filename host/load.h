// A file becomes a live plugin.
#pragma once

#include "base/result.h"
#include "host/report.h"

namespace tenon::host {

class Host;

// Loads and starts what `path`, a library or a folder of them, holds. One row per candidate; a plugin that is refused
// or fails leaves the others running. Loader's turn. Problem: "file.unreadable" when the path itself is not there.
base::Result<std::vector<Row>> load(Host& host, const std::string& path);

}  // namespace tenon::host
