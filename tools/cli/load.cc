#include "tools/cli/load.h"

#include <algorithm>

#include "tools/cli/exit_code.h"
#include "tools/cli/selection.h"

namespace tenon::cli {
namespace {

ExitCode verdict(const Trial& trial) {
    const auto unreadable = [](const base::Problem& problem) { return problem.id.starts_with("file."); };
    if (std::any_of(trial.problems.begin(), trial.problems.end(), unreadable) ||
        std::any_of(trial.plugins.begin(), trial.plugins.end(),
                    [&](const Tried& plugin) { return unreadable(plugin.refusal); }))
        return exit_unreadable;
    const bool well = std::all_of(trial.plugins.begin(), trial.plugins.end(),
                                  [](const Tried& plugin) { return plugin.active && plugin.unmapped; });
    return well && trial.problems.empty() && trial.violations == 0 ? exit_fine : exit_refused;
}

}  // namespace

int load(const LoadOptions& options) {
    const Trial trial = try_out(select(options.paths, options.contracts));
    const ExitCode exit_code = verdict(trial);
    if (options.json)
        print_trial_json(trial, exit_code);
    else
        print_trial(Screen(options.no_color), trial);
    return exit_code;
}

}  // namespace tenon::cli
