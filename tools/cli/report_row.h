// A row of a host's report as a value that outlives the report, and its JSON.
#pragma once

#include <cstdint>
#include <string>
#include <tenon/report.hpp>
#include <vector>

#include "base/problem.h"
#include "tools/cli/json.h"

namespace tenon::cli {

struct StartsAfter {
    std::string plugin;
    std::string what;
    bool required = true;
};

struct ReportRow {
    std::string id;  // empty when the manifest could not be read
    std::string version;
    std::string name;
    std::string path;
    std::uint32_t state = 0;
    base::Problem refusal;  // of all problems, joined; with an empty id: none
    base::Problems problems;
    std::vector<StartsAfter> after;
    std::uint64_t microseconds = 0;
    bool cached = false;

    // The id, or what is known instead.
    std::string title() const;
    std::string state_name() const;
};

ReportRow report_row(const tenon_report_row& row);

// The keys that share/report.schema.json wants of a row.
Json to_json(const ReportRow& row);

// A file or folder that the operating system did not let us see.
bool is_unreadable(const base::Problem& problem);

std::string text(tenon_str from);
base::Problem problem_of(const tenon_error& error);

}  // namespace tenon::cli
