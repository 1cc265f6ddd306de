#include "tools/cli/trial.h"

#include <string_view>
#include <tenon/host.hpp>
#include <tenon/stats.hpp>

namespace tenon::cli {
namespace {

Tried tried(const tenon_report_row& row) {
    Tried plugin;
    plugin.row = report_row(row);
    plugin.active = row.state == TENON_STATE_ACTIVE;
    return plugin;
}

void unload(tenon::Host& host, Tried& plugin) {
    tenon_report* raw = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_unload(host.raw(), tenon::str(plugin.row.id), &raw, &error);
    const tenon::Report report(raw);
    if (report.size() > 0)
        plugin.left_mapped = report_row(report[0]).refusal;
    else if (status < 0)
        plugin.left_mapped = problem_of(error);
    plugin.unmapped = status >= 0 && plugin.left_mapped.id.empty();
}

std::string in_format(const tenon::Stats& stats, std::string_view word) {
    if (word == "json") return stats.to_json();
    return word == "prometheus" ? stats.to_prometheus() : stats.to_table();
}

}  // namespace

Trial try_out(const TrialOptions& options) {
    Trial trial;
    Equipped equipped = equip(options, true);
    trial.contracts = std::move(equipped.contracts);
    trial.problems = std::move(equipped.problems);
    tenon::Host& host = equipped.host;
    const tenon::Report report = host.load(equipped.paths);
    for (std::uint64_t i = 0; i < report.size(); ++i) trial.plugins.push_back(tried(report[i]));
    if (!options.statistics.empty()) trial.statistics = in_format(tenon::stats_of(host.raw()), options.statistics);
    for (auto plugin = trial.plugins.rbegin(); plugin != trial.plugins.rend(); ++plugin)
        if (plugin->active) unload(host, *plugin);
    trial.violations = host.violations();
    if (trial.plugins.empty() && trial.problems.empty()) trial.problems.push_back(no_plugins());
    return trial;
}

}  // namespace tenon::cli
