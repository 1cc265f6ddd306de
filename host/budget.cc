#include "host/budget.h"

#include <algorithm>

#include "host/breaker_numbers.h"
#include "host/confinement.h"
#include "host/host.h"
#include "host/plugin.h"

namespace tenon::host {

tenon_budget budget_of(const loader::Hook& hook) noexcept {
    tenon_budget budget{};
    apply(budget, hook.soft_budget_ns, hook.hard_budget_ns, hook.share, TENON_FROM_HOOK);
    return budget;
}

void apply(tenon_budget& budget, std::uint64_t soft_ns, std::uint64_t hard_ns, std::uint32_t share,
           std::uint32_t from) noexcept {
    const auto put = [from](auto& value, std::uint32_t& origin, auto stated) {
        if (stated == 0) return;
        value = stated;
        origin = from;
    };
    put(budget.soft_ns, budget.soft_from, soft_ns);
    put(budget.hard_ns, budget.hard_from, hard_ns);
    put(budget.share, budget.share_from, share);
}

namespace {

// 0 is no budget.
std::uint64_t shorter(std::uint64_t one, std::uint64_t other) noexcept {
    return one == 0 || other == 0 ? one + other : std::min(one, other);
}

template <class Stated>
auto value_of(const Stated& stated) {
    return stated ? stated->value : decltype(stated->value){};
}

}  // namespace

MonitorSettings settings_for(const Host& host, const Point& point, const std::string& owner,
                             const manifest::HookUse& use) {
    MonitorSettings settings;
    settings.budget = point.budget;
    settings.forced = host.settings().breakers;
    apply(settings.budget, use.soft.value_or(0), use.hard.value_or(0), use.share.value_or(0), TENON_FROM_MANIFEST);
    const manifest::Operator& words = host.settings().words;
    const manifest::OperatorBudget stated = manifest::budget_for(words, owner, point.name);
    apply(settings.budget, value_of(stated.soft), value_of(stated.hard), value_of(stated.share), TENON_FROM_OPERATOR);
    settings.breaker = breaker_options(words.breaker);
    if (const manifest::StatedBreaker word = manifest::breaker_for(words, owner, point.name))
        settings.forced = static_cast<std::uint32_t>(breaker_state(word->value));
    return settings;
}

MonitorSettings settings_for(const Plugin& plugin, const Point& point, const manifest::HookUse& use) {
    const std::uint64_t given = point.budget.hard_ns;
    std::uint64_t hard = use.hard.value_or(given);
    if (level_of(plugin.host, plugin) != sandbox::Level::trusted) hard = shorter(hard, given);
    hard = shorter(hard, plugin.manifest->limits.call_time.value_or(0));
    manifest::HookUse asked = use;
    asked.hard.reset();
    if (hard != given) asked.hard = hard;
    if (asked.soft) asked.soft = shorter(*asked.soft, hard);
    return settings_for(plugin.host, point, plugin.id(), asked);
}

Place place_of(const std::string& owner, std::string name, const manifest::HookUse& use) {
    Place place;
    place.phase = use.phase;
    place.priority = use.priority;
    place.owner = owner;
    place.name = std::move(name);
    place.before = use.before;
    place.after = use.after;
    return place;
}

}  // namespace tenon::host
