#include "tools/cli/survey.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "tools/cli/exit_code.h"

namespace tenon::cli {
namespace {

ExitCode verdict(const Survey& survey) {
    if (std::any_of(survey.problems.begin(), survey.problems.end(), is_unreadable) ||
        std::any_of(survey.plugins.begin(), survey.plugins.end(),
                    [](const ReportRow& row) { return is_unreadable(row.refusal); }))
        return exit_unreadable;
    return survey.problems.empty() && survey.ready() == survey.plugins.size() ? exit_fine : exit_refused;
}

std::uint64_t microseconds_since(std::chrono::steady_clock::time_point begun) {
    const auto spent = std::chrono::steady_clock::now() - begun;
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
}

}  // namespace

std::uint64_t Survey::ready() const {
    return static_cast<std::uint64_t>(std::count_if(
        plugins.begin(), plugins.end(), [](const ReportRow& row) { return row.state == TENON_STATE_RESOLVED; }));
}

Survey survey(const HostOptions& options) {
    const auto begun = std::chrono::steady_clock::now();
    Survey out;
    out.usual_trust = usual_trust(options);
    Equipped equipped = equip(options, false);
    out.contracts = std::move(equipped.contracts);
    out.problems = std::move(equipped.problems);
    const tenon::Report report = equipped.host.discover(equipped.paths);
    for (std::uint64_t i = 0; i < report.size(); ++i) out.plugins.push_back(report_row(report[i]));
    if (out.plugins.empty() && out.problems.empty()) out.problems.push_back(no_plugins());
    out.microseconds = microseconds_since(begun);
    return out;
}

int list(const ListOptions& options) {
    const Survey found = survey(options);
    const ExitCode exit_code = verdict(found);
    if (options.json)
        print_survey_json(found, exit_code);
    else
        print_list(Screen(options.no_color), found);
    return exit_code;
}

int plan(const PlanOptions& options) {
    const Survey found = survey(options);
    const ExitCode exit_code = verdict(found);
    if (options.dot)
        print_dot(found);
    else if (options.json)
        print_survey_json(found, exit_code);
    else
        print_plan(Screen(options.no_color), found);
    return exit_code;
}

}  // namespace tenon::cli
