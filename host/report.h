// What became of each plugin, in words that outlive it.
#pragma once

#include <tenon/host.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.h"

namespace tenon::host {

struct Row {
    std::uint32_t state = TENON_STATE_DISCOVERED;
    std::string plugin;
    std::string version;
    std::string path;
    std::string reason;
    std::string text;
    std::string fix;
    std::uint64_t microseconds = 0;
};

// Joins several problems: the first one's id, all texts, all different fixes.
void explain(Row& row, const base::Problems& problems);

}  // namespace tenon::host

struct tenon_report {
    std::vector<tenon::host::Row> rows;
};
