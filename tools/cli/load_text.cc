// How a trial went, for people.
#include <fmt/format.h>

#include <algorithm>

#include "tools/cli/load.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

Table table_of(const std::vector<Tried>& plugins) {
    Table table;
    table.add_head({"plugin", "version", "state", "ms"});
    for (const Tried& plugin : plugins)
        table.add({{plugin.row.title()},
                   {plugin.row.version},
                   {plugin.row.state_name(), plugin.active ? Tone::good : Tone::bad},
                   {fmt::format("{:.1f}", static_cast<double>(plugin.row.microseconds) / 1000), Tone::plain, true}});
    return table;
}

void print_plugins(const Screen& screen, const Trial& trial) {
    const std::vector<Tried>& plugins = trial.plugins;
    if (plugins.empty()) return;
    const std::vector<std::string> lines = table_of(plugins).lines(screen);
    screen.line(lines[0]);
    for (std::size_t i = 0; i < plugins.size(); ++i) {
        screen.line(lines[i + 1]);
        print_remark(screen, "   ", plugins[i].row.confinement(trial.usual_trust));
        const base::Problem& refusal = plugins[i].row.refusal;
        if (!refusal.id.empty()) print_problem(screen, "  ", refusal.id, refusal.text, refusal.fix);
    }
}

void print_left_mapped(const Screen& screen, const std::vector<Tried>& plugins) {
    for (const Tried& plugin : plugins) {
        if (!plugin.active || plugin.unmapped) continue;
        screen.line(fmt::format("{} was not unmapped", shown(plugin.row.title())));
        print_problem(screen, "  ", plugin.left_mapped.id, plugin.left_mapped.text, plugin.left_mapped.fix);
    }
}

std::string summary(const Trial& trial) {
    const auto count = [&](bool Tried::* member) {
        return std::count_if(trial.plugins.begin(), trial.plugins.end(),
                             [&](const Tried& plugin) { return plugin.*member; });
    };
    const auto active = count(&Tried::active);
    return fmt::format("{} active, {} not, {} of {} unmapped, {} violations of the ABI", active,
                       static_cast<std::ptrdiff_t>(trial.plugins.size()) - active, count(&Tried::unmapped), active,
                       trial.violations);
}

}  // namespace

void print_trial(const Screen& screen, const Trial& trial) {
    for (const base::Problem& problem : trial.problems)
        print_problem(screen, "", problem.id, problem.text, problem.fix);
    for (const OfferedContract& contract : trial.contracts)
        screen.line(fmt::format("offered {} {} ({})", screen.paint(Tone::strong, contract.id), shown(contract.version),
                                shown(contract.file)));
    print_plugins(screen, trial);
    print_left_mapped(screen, trial.plugins);
    if (!trial.plugins.empty()) screen.line(summary(trial));
    // The host has made foreign bytes harmless in it.
    if (!trial.statistics.empty()) fmt::print("\n{}", trial.statistics);
}

}  // namespace tenon::cli
