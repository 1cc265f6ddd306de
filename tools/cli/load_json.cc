// How a trial went, for programs. docs/cli.md lists the keys; every key is always there.
#include "tools/cli/json.h"
#include "tools/cli/load.h"

namespace tenon::cli {
namespace {

Json or_null(const base::Problem& problem) {
    return problem.id.empty() ? Json(nullptr) : to_json(problem);
}

Json plugin_json(const Tried& plugin) {
    return {{"id", plugin.id},
            {"version", plugin.version},
            {"path", plugin.path},
            {"state", plugin.state},
            {"microseconds", plugin.microseconds},
            {"reason", plugin.refusal.id},
            {"text", plugin.refusal.text},
            {"fix", plugin.refusal.fix},
            {"unmapped", plugin.active ? Json(plugin.unmapped) : Json(nullptr)},
            {"left_mapped", or_null(plugin.left_mapped)}};
}

}  // namespace

void print_trial_json(const Trial& trial, int exit_code) {
    Json out = {{"contracts", Json::array()},
                {"plugins", Json::array()},
                {"problems", to_json(trial.problems)},
                {"violations", trial.violations},
                {"exit_code", exit_code}};
    for (const OfferedContract& contract : trial.contracts)
        out["contracts"].push_back({{"id", contract.id}, {"version", contract.version}, {"file", contract.file}});
    for (const Tried& plugin : trial.plugins) out["plugins"].push_back(plugin_json(plugin));
    print_json(out);
}

}  // namespace tenon::cli
