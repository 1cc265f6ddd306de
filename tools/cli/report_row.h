// A row of a host's report as a value that outlives the report, and its JSON.
#pragma once

#include <cstdint>
#include <optional>
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

// Nothing of a plugin that is trusted, and in process.
struct Confinement {
    std::string level;                 // "trusted", "standard", "strict" or "locked"
    std::vector<std::string> without;  // layers that the operator leaves out
    std::vector<std::string> missing;  // and those that this machine does not have
    bool allow_degraded = false;
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
    std::uint32_t trust = 0;  // TENON_TRUST_...; 0: not known
    std::optional<Confinement> sandbox;

    // The id, or what is known instead.
    std::string title() const;
    std::string state_name() const;
    // "standard, without seccomp; degraded: landlock is missing (allow_degraded)". Empty where there is nothing to say:
    // the level is the usual one, and nothing was left out, is missing or accepted.
    std::string confinement(std::uint32_t usual_trust) const;
};

ReportRow report_row(const tenon_report_row& row);

// The keys that share/report.schema.json wants of a row.
Json to_json(const ReportRow& row);

// A file or folder that the operating system did not let us see.
bool is_unreadable(const base::Problem& problem);

std::string text(tenon_str from);
base::Problem problem_of(const tenon_error& error);

}  // namespace tenon::cli
