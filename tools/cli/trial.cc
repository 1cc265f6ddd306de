#include "tools/cli/trial.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <tenon/host.hpp>

#include "tools/cli/screen.h"

namespace tenon::cli {
namespace {

std::string text(tenon_str from) {
    return std::string(tenon::view(from));
}

// One message, one write: several threads may log.
void log(void*, std::uint32_t level, tenon_str plugin, tenon_str message) {
    if (level < TENON_LOG_WARNING) return;
    const char* const word = level == TENON_LOG_WARNING ? "warning" : "error";
    const std::string who = plugin.size == 0 ? "host" : shown(tenon::view(plugin));
    const std::string line =
        fmt::format("{}: {}: {}\n", word, who, fmt::join(shown_lines(tenon::view(message)), "\n  "));
    static_cast<void>(std::fputs(line.c_str(), stderr));  // not fmt::print: no exception may cross to the host
}

tenon::Host make_host() {
    auto options = tenon::sized<tenon_host_options>();
    options.check = 1;
    options.log = log;
    return tenon::Host(options);
}

base::Problem problem_of(const tenon_error& error) {
    return {error.reason, error.text, error.fix};
}

base::Problem problem_of(const tenon_report_row& row) {
    return {text(row.reason), text(row.text), text(row.fix)};
}

Tried tried(const tenon_report_row& row) {
    Tried plugin;
    plugin.id = text(row.plugin);
    plugin.version = text(row.version);
    plugin.path = text(row.path);
    plugin.state = tenon_state_name(row.state);
    plugin.refusal = problem_of(row);
    plugin.microseconds = row.microseconds;
    plugin.active = row.state == TENON_STATE_ACTIVE;
    return plugin;
}

void offer(tenon::Host& host, const Facts& module, Trial& trial) {
    const std::vector<tenon_record>& records = module.image->records;
    tenon_error error = TENON_ERROR_INIT;
    if (tenon_host_offer(host.raw(), records.data(), records.size(), &error) < 0)
        return trial.problems.push_back(problem_of(error));
    for (const loader::Contract& contract : module.contracts)
        trial.contracts.push_back({contract.id, contract.version(), module.path});
}

void load(tenon::Host& host, const std::string& path, Trial& trial) {
    tenon_report* raw = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_load(host.raw(), tenon::str(path), &raw, &error);
    const tenon::Report report(raw);
    if (raw == nullptr && status < 0) return trial.problems.push_back(problem_of(error));
    for (std::uint64_t i = 0; i < report.size(); ++i) trial.plugins.push_back(tried(report[i]));
}

void unload(tenon::Host& host, Tried& plugin) {
    tenon_report* raw = nullptr;
    tenon_error error = TENON_ERROR_INIT;
    const std::int32_t status = tenon_host_unload(host.raw(), tenon::str(plugin.id), &raw, &error);
    const tenon::Report report(raw);
    if (report.size() > 0)
        plugin.left_mapped = problem_of(report[0]);
    else if (status < 0)
        plugin.left_mapped = problem_of(error);
    plugin.unmapped = status >= 0 && plugin.left_mapped.id.empty();
}

}  // namespace

Trial try_out(Selection selection) {
    Trial trial;
    trial.problems = std::move(selection.problems);
    tenon::Host host = make_host();
    for (const Facts& module : selection.contracts) offer(host, module, trial);
    for (const std::string& path : selection.paths) load(host, path, trial);
    for (auto plugin = trial.plugins.rbegin(); plugin != trial.plugins.rend(); ++plugin)
        if (plugin->active) unload(host, *plugin);
    trial.violations = tenon_host_violations(host.raw());
    if (trial.plugins.empty() && trial.problems.empty())
        trial.problems.push_back({"load.no-plugins", "there is no plugin in what was named",
                                  "Name a folder with plugins; tenon inspect tells what a file is."});
    return trial;
}

}  // namespace tenon::cli
