// How a trial went, for programs. docs/cli.md lists the keys; every key is always there.
#include "tools/cli/json.h"
#include "tools/cli/load.h"

namespace tenon::cli {
namespace {

Json or_null(const base::Problem& problem) {
    return problem.id.empty() ? Json(nullptr) : to_json(problem);
}

Json plugin_json(const Tried& plugin) {
    Json out = to_json(plugin.row);
    out["unmapped"] = plugin.active ? Json(plugin.unmapped) : Json(nullptr);
    out["left_mapped"] = or_null(plugin.left_mapped);
    return out;
}

}  // namespace

void print_trial_json(const Trial& trial, int exit_code) {
    Json out = {{"contracts", Json::array()},
                {"plugins", Json::array()},
                {"problems", to_json(trial.problems)},
                {"violations", trial.violations},
                {"exit_code", exit_code},
                {"statistics", trial.statistics.empty() ? Json(nullptr) : Json::parse(trial.statistics)}};
    for (const OfferedContract& contract : trial.contracts) out["contracts"].push_back(to_json(contract));
    for (const Tried& plugin : trial.plugins) out["plugins"].push_back(plugin_json(plugin));
    print_json(out);
}

}  // namespace tenon::cli
