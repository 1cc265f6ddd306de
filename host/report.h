// What became of each plugin, in words that outlive it.
#pragma once

#include <tenon/report.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.h"

namespace tenon::host {

// All of them as one: the first one's id, all texts, all fixes.
base::Problem joined(const base::Problems& problems);

// Why a plugin starts after another one.
struct After {
    std::string plugin;
    std::string what;
    bool required = true;
};

struct Row {
    std::uint32_t state = TENON_STATE_DISCOVERED;
    std::string plugin;
    std::string version;
    std::string name;
    std::string path;
    base::Problems problems;
    std::vector<After> after;
    std::uint64_t microseconds = 0;
    bool cached = false;

    // The first problem's id, all texts, all different fixes.
    base::Problem joined() const { return host::joined(problems); }
};

}  // namespace tenon::host

// A row as it is handed out: the lists that its spans borrow.
struct tenon_report {
    struct Kept {
        tenon::host::Row row;
        tenon::base::Problem joined;
        std::vector<tenon_report_problem> problems;
        std::vector<tenon_report_link> after;
    };
    explicit tenon_report(std::vector<tenon::host::Row> rows);
    std::vector<Kept> rows;
};
