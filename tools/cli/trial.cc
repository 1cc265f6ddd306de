#include "tools/cli/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tenon/host.hpp>
#include <tenon/stats.hpp>

#include "manifest/words.h"

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

// --workers may name plugins that are not there: then they run nowhere, which is not what was wanted.
void look_for_named(const std::string& workers, Trial& trial) {
    std::vector<std::string_view> known;
    for (const Tried& plugin : trial.plugins) known.push_back(plugin.row.id);
    for (const std::string& id : ids_in_workers(workers)) {
        if (std::find(known.begin(), known.end(), id) != known.end()) continue;
        const std::string_view meant = manifest::nearest(id, known);
        trial.problems.push_back({"load.no-such-plugin",
                                  fmt::format("--workers names {}, but no plugin here has this id{}", id,
                                              meant.empty() ? "" : fmt::format("; did you mean {}?", meant)),
                                  "Name a plugin's id; tenon list tells them."});
    }
}

}  // namespace

Trial try_out(const TrialOptions& options) {
    Trial trial;
    trial.usual_trust = usual_trust(options);
    Equipped equipped = equip(options, true);
    trial.contracts = std::move(equipped.contracts);
    trial.problems = std::move(equipped.problems);
    tenon::Host& host = equipped.host;
    const tenon::Report report = host.load(equipped.paths);
    for (std::uint64_t i = 0; i < report.size(); ++i) trial.plugins.push_back(tried(report[i]));
    look_for_named(options.workers, trial);
    if (!options.statistics.empty()) trial.statistics = in_format(tenon::stats_of(host.raw()), options.statistics);
    for (auto plugin = trial.plugins.rbegin(); plugin != trial.plugins.rend(); ++plugin)
        if (plugin->active) unload(host, *plugin);
    trial.violations = host.violations();
    if (trial.plugins.empty() && trial.problems.empty()) trial.problems.push_back(no_plugins());
    return trial;
}

}  // namespace tenon::cli
