#include "tools/cli/load.h"

#include <algorithm>

#include "tools/cli/exit_code.h"

namespace tenon::cli {
namespace {

ExitCode verdict(const Trial& trial) {
    if (std::any_of(trial.problems.begin(), trial.problems.end(), is_unreadable) ||
        std::any_of(trial.plugins.begin(), trial.plugins.end(),
                    [](const Tried& plugin) { return is_unreadable(plugin.row.refusal); }))
        return exit_unreadable;
    const bool well = std::all_of(trial.plugins.begin(), trial.plugins.end(),
                                  [](const Tried& plugin) { return plugin.active && plugin.left_as_wished(); });
    return well && trial.problems.empty() && trial.violations == 0 ? exit_fine : exit_refused;
}

}  // namespace

int load(const LoadOptions& options) {
    LoadOptions wanted = options;
    if (options.json && !options.statistics.empty()) wanted.statistics = "json";
    const Trial trial = try_out(wanted);
    const ExitCode exit_code = verdict(trial);
    if (options.json)
        print_trial_json(trial, exit_code);
    else
        print_trial(Screen(options.no_color), trial);
    return exit_code;
}

}  // namespace tenon::cli
