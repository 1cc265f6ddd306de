// Surveys for people.
#include <fmt/format.h>

#include <algorithm>

#include "tools/cli/survey.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

bool is_ready(const ReportRow& row) {
    return row.state == TENON_STATE_RESOLVED;
}

void print_top(const Screen& screen, const Survey& survey) {
    for (const base::Problem& problem : survey.problems)
        print_problem(screen, "", problem.id, problem.text, problem.fix);
    for (const OfferedContract& contract : survey.contracts)
        screen.line(fmt::format("offered {} {} ({})", screen.paint(Tone::strong, contract.id), shown(contract.version),
                                shown(contract.file)));
}

void print_problems(const Screen& screen, const ReportRow& row) {
    for (const base::Problem& problem : row.problems)
        print_problem(screen, "  ", problem.id, problem.text, problem.fix);
}

std::string summary(const Survey& survey) {
    const auto cached =
        std::count_if(survey.plugins.begin(), survey.plugins.end(), [](const ReportRow& row) { return row.cached; });
    return fmt::format("{} would start, {} refused, {} known from the cache, {:.1f} ms", survey.ready(),
                       survey.plugins.size() - survey.ready(), cached, static_cast<double>(survey.microseconds) / 1000);
}

// "org.b (dependency org.b ^2), org.c (contract org.c ^1, if it is there)"
std::string reasons(const ReportRow& row) {
    std::string all;
    for (const StartsAfter& link : row.after)
        all += fmt::format("{}{} ({}{})", all.empty() ? "" : ", ", link.plugin, link.what,
                           link.required ? "" : ", for the order only");
    return all.empty() ? "nothing" : all;
}

}  // namespace

void print_list(const Screen& screen, const Survey& survey) {
    print_top(screen, survey);
    if (survey.plugins.empty()) return;
    Table table;
    table.add_head({"plugin", "version", "state", "us", "name", "file"});
    for (const ReportRow& row : survey.plugins)
        table.add({{row.title()},
                   {row.version},
                   is_ready(row) ? Cell{"ready", Tone::good} : Cell{"refused", Tone::bad},
                   {fmt::format("{}", row.microseconds), Tone::plain, true},
                   {row.name},
                   {row.path, Tone::faint}});
    const std::vector<std::string> lines = table.lines(screen);
    screen.line(lines[0]);
    for (std::size_t i = 0; i < survey.plugins.size(); ++i) {
        screen.line(lines[i + 1]);
        print_remark(screen, "   ", survey.plugins[i].confinement(survey.usual_trust));
        print_problems(screen, survey.plugins[i]);
    }
    screen.line(summary(survey));
}

void print_plan(const Screen& screen, const Survey& survey) {
    print_top(screen, survey);
    std::size_t place = 0;
    for (const ReportRow& row : survey.plugins) {
        if (!is_ready(row)) continue;
        screen.line(fmt::format("{:>3}. {} {} ({})", ++place, screen.paint(Tone::strong, row.title()),
                                shown(row.version), shown(row.path)));
        screen.line(fmt::format("     after {}", shown(reasons(row))));
        print_remark(screen, "     ", row.confinement(survey.usual_trust));
    }
    for (const ReportRow& row : survey.plugins) {
        if (is_ready(row)) continue;
        screen.line(fmt::format("  -  {} {} ({}) {}", screen.paint(Tone::strong, row.title()), shown(row.version),
                                shown(row.path), screen.paint(Tone::bad, "is refused")));
        print_remark(screen, "     ", row.confinement(survey.usual_trust));
        print_problems(screen, row);
    }
    if (!survey.plugins.empty()) screen.line(summary(survey));
}

}  // namespace tenon::cli
