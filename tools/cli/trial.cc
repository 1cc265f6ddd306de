#include "tools/cli/trial.h"

#include <tenon/stats.h>

#include <memory>
#include <string_view>
#include <tenon/host.hpp>

namespace tenon::cli {
namespace {

std::uint32_t append(void* data, tenon_str piece) {
    static_cast<std::string*>(data)->append(tenon::view(piece));
    return 1;
}

std::string statistics_text(const tenon::Host& host, std::uint32_t format) {
    tenon_stats* raw = nullptr;
    if (const std::int32_t status = tenon_host_stats(host.raw(), &raw); status < 0)
        throw tenon::Error(status, "the host has no statistics to give");
    const std::unique_ptr<tenon_stats, decltype(&tenon_stats_destroy)> stats(raw, tenon_stats_destroy);
    std::string out;
    if (const std::int32_t status = tenon_stats_write(stats.get(), format, append, &out); status < 0)
        throw tenon::Error(status, "the statistics could not be written");
    return out;
}

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

std::uint32_t format_of(std::string_view word) {
    if (word == "json") return TENON_STATS_JSON;
    return word == "prometheus" ? TENON_STATS_PROMETHEUS : TENON_STATS_TABLE;
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
    if (!options.statistics.empty()) trial.statistics = statistics_text(host, format_of(options.statistics));
    for (auto plugin = trial.plugins.rbegin(); plugin != trial.plugins.rend(); ++plugin)
        if (plugin->active) unload(host, *plugin);
    trial.violations = host.violations();
    if (trial.plugins.empty() && trial.problems.empty()) trial.problems.push_back(no_plugins());
    return trial;
}

}  // namespace tenon::cli
