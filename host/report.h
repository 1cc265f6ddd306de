// What became of each plugin, in words that outlive it.
#pragma once

#include <tenon/report.h>

#include <cstdint>
#include <string>
#include <string_view>
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

// How a plugin is confined, or would be. Of one that is trusted, only the first two say something.
struct Confined {
    std::uint32_t trust = 0;  // TENON_TRUST_...; 0: its manifest could not be read
    bool in_worker = false;
    bool allow_degraded = false;
    std::vector<std::string_view> without;  // static names of layers, left out by the operator
    std::vector<std::string_view> missing;  // that it needs, and the machine does not have
    bool is_degraded() const { return allow_degraded && !missing.empty(); }
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
    Confined confined{};

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
        std::vector<tenon_str> without, missing;
    };
    explicit tenon_report(std::vector<tenon::host::Row> rows);
    std::vector<Kept> rows;
};
