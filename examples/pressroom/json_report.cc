#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "report.h"

namespace pressroom {
namespace {

using json = nlohmann::ordered_json;

std::string text(tenon_str value) {
    return std::string(tenon::view(value));
}

json plugin(const tenon_report_row& row) {
    return {{"id", text(row.plugin)}, {"version", text(row.version)},    {"state", tenon_state_name(row.state)},
            {"path", text(row.path)}, {"reason", text(row.reason)},      {"text", text(row.text)},
            {"fix", text(row.fix)},   {"microseconds", row.microseconds}};
}

json page(const Document& document, const Page& page) {
    json out = {
        {"file", document.file}, {"target", document.target}, {"title", page.title}, {"rendered", page.rendered}};
    out["findings"] = json::array();
    for (const Finding& finding : page.findings)
        out["findings"].push_back({{"severity", finding.warning ? "warning" : "note"},
                                   {"source", finding.source},
                                   {"line", finding.line},
                                   {"text", finding.text}});
    out["failures"] = json::array();
    for (const Failure& failure : page.failures)
        out["failures"].push_back(
            {{"step", failure.step}, {"plugin", failure.plugin}, {"text", failure.text}, {"fix", failure.fix}});
    out["facts"] = json::object();
    for (const Fact& fact : page.facts) out["facts"][fact.name] = fact.value;
    return out;
}

json rejected(const std::vector<Rejected>& list) {
    json out = json::array();
    for (const Rejected& one : list) out.push_back({{"path", one.path}, {"why", one.why}});
    return out;
}

json summary(const Run& run) {
    json out = {{"pages", run.written},
                {"bytes", run.bytes},
                {"warnings", run.warnings()},
                {"microseconds", run.time.count() / 1000},
                {"exit_code", run.exit_code()}};
    const StepTimes times = run.step_times();
    for (std::size_t step = 0; step < step_count; ++step)
        out["step_microseconds"][step_names[step]] = times[step].count() / 1000;
    return out;
}

}  // namespace

void print_json(const Run& run) {
    json out = {{"plugins", json::array()}, {"pages", json::array()}};
    for (std::uint64_t i = 0; i < run.plugins.size(); ++i) out["plugins"].push_back(plugin(run.plugins[i]));
    for (std::size_t i = 0; i < run.pages.size(); ++i)
        out["pages"].push_back(page(run.site.documents[i], run.pages[i]));
    out["left_out"] = rejected(run.site.rejected);
    out["not_written"] = rejected(run.unwritten);
    out["summary"] = summary(run);
    out["statistics"] = run.statistics.empty() ? json(nullptr) : json::parse(run.statistics);
    // Names of files and texts of plugins may be no UTF-8.
    fmt::print("{}\n", out.dump(2, ' ', false, json::error_handler_t::replace));
}

}  // namespace pressroom
