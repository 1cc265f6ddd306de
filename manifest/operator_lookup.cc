#include <fmt/format.h>

#include "manifest/operator.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

template <class T>
const T* find(const std::map<std::string, T, std::less<>>& map, std::string_view name) {
    const auto found = map.find(name);
    return found != map.end() ? &found->second : nullptr;
}

// What is not stated yet.
void fill(OperatorBudget& budget, const OperatorBudget& from) {
    if (!budget.soft) budget.soft = from.soft;
    if (!budget.hard) budget.hard = from.hard;
    if (!budget.share) budget.share = from.share;
}

}  // namespace

OperatorBudget budget_for(const Operator& words, std::string_view plugin, std::string_view hook) {
    OperatorBudget budget;
    if (const OperatorPlugin* of_plugin = find(words.plugins, plugin)) {
        if (const OperatorHandler* of_handler = find(of_plugin->hooks, hook)) fill(budget, of_handler->budget);
        fill(budget, of_plugin->budget);
    }
    if (const OperatorHook* of_hook = find(words.hooks, hook)) fill(budget, of_hook->budget);
    fill(budget, words.budget);
    return budget;
}

StatedBreaker breaker_for(const Operator& words, std::string_view plugin, std::string_view hook) {
    const OperatorPlugin* of_plugin = find(words.plugins, plugin);
    if (of_plugin == nullptr) return std::nullopt;
    const OperatorHandler* of_handler = find(of_plugin->hooks, hook);
    return of_handler != nullptr && of_handler->breaker ? of_handler->breaker : of_plugin->breaker;
}

StatedIsolation isolation_for(const Operator& words, std::string_view plugin) {
    const OperatorPlugin* of_plugin = find(words.plugins, plugin);
    return of_plugin != nullptr ? of_plugin->isolation : std::nullopt;
}

OperatorSandbox sandbox_for(const Operator& words, std::string_view plugin) {
    const OperatorPlugin* of_plugin = find(words.plugins, plugin);
    return of_plugin != nullptr ? combine(of_plugin->sandbox, words.sandbox) : words.sandbox;
}

std::string origin(const Operator& words, Location at) {
    return fmt::format("{}:{}:{}", printable(words.file, 4096), at.line, at.column);
}

}  // namespace tenon::manifest
