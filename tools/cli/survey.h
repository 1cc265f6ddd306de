// tenon list, tenon plan: what lies in folders, and what a host would do with it. Nothing of a plugin runs.
#pragma once

#include <cstdint>
#include <vector>

#include "base/problem.h"
#include "tools/cli/host_options.h"
#include "tools/cli/report_row.h"
#include "tools/cli/screen.h"

namespace tenon::cli {

struct Survey {
    std::vector<OfferedContract> contracts;
    std::vector<ReportRow> plugins;  // those that would start, in that order; behind them the refused ones
    base::Problems problems;         // of paths and contracts
    std::uint64_t microseconds = 0;  // for all of it
    std::uint32_t usual_trust = 0;   // TENON_TRUST_...

    std::uint64_t ready() const;
};

// Problems: those of equip() and tenon_host_discover, and "load.no-plugins".
Survey survey(const HostOptions& options);

struct ListOptions : HostOptions {};
struct PlanOptions : HostOptions {
    bool dot = false;  // the graph in the language of Graphviz
};

// Each prints to standard output and returns an ExitCode.
int list(const ListOptions& options);
int plan(const PlanOptions& options);

// The ways to print; docs/cli.md describes them.
void print_list(const Screen& screen, const Survey& survey);
void print_plan(const Screen& screen, const Survey& survey);
void print_dot(const Survey& survey);
void print_survey_json(const Survey& survey, int exit_code);

}  // namespace tenon::cli
