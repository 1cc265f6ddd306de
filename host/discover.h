// path -> Image -> Manifest: what lies in folders, judged file by file. Nothing of a plugin runs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/plugin.h"

namespace tenon::host {

class Host;

using Candidates = std::vector<std::unique_ptr<Plugin>>;

struct Discovered {
    Candidates plugins;     // refused ones have their problems; of each path in turn, by their own paths
    std::vector<Row> rows;  // of what is no plugin, but should be told: folders that cannot be read, dangling links
};

// Reads the files that are named, and those in the folders that are named. Libraries without a note, and the modules of
// contracts, are none of our business unless they are named. Problems, of paths that are named: "file.unreadable",
// "file.not-regular".
base::Result<Discovered> discover(Host& host, const std::vector<std::string>& paths);

}  // namespace tenon::host
