#include "host/health.h"

#include <fmt/format.h>
#include <time.h>

#include <vector>

#include "host/host.h"
#include "host/time_text.h"

namespace tenon::host {

bool HealthCounters::error(bool exception) noexcept {
    errors.fetch_add(1, std::memory_order_relaxed);
    if (exception) exceptions.fetch_add(1, std::memory_order_relaxed);
    last_error.store(unix_ns(), std::memory_order_relaxed);
    const std::uint64_t so_far = errors_so_far.fetch_add(1, std::memory_order_relaxed) + 1;
    const std::uint64_t most = max_errors.load(std::memory_order_relaxed);
    return most != 0 && so_far >= most && !disabled.load(std::memory_order_relaxed);
}

void HealthCounters::absorb(HealthCounters& other) noexcept {
    for (auto counter : {&HealthCounters::calls, &HealthCounters::errors, &HealthCounters::exceptions,
                         &HealthCounters::soft_overruns, &HealthCounters::hard_overruns, &HealthCounters::trips})
        (this->*counter).fetch_add((other.*counter).exchange(0, std::memory_order_relaxed), std::memory_order_relaxed);
}

void collect_health(tenon_registration& handler) noexcept {
    if (handler.plugin == nullptr) return;
    HealthCounters& all = handler.plugin->health;
    const Monitor::Counts counts = handler.monitor.take_counts(handler);
    all.calls.fetch_add(counts.calls, std::memory_order_relaxed);
    all.soft_overruns.fetch_add(counts.soft_overruns, std::memory_order_relaxed);
    all.hard_overruns.fetch_add(counts.hard_overruns, std::memory_order_relaxed);
    all.trips.fetch_add(counts.trips, std::memory_order_relaxed);
}

namespace {

std::uint64_t take(std::atomic<std::uint64_t>& count) noexcept {
    return count.exchange(0, std::memory_order_relaxed);
}

HealthDelta take_delta(Plugin& plugin) {
    HealthCounters& health = plugin.health;
    HealthDelta delta;
    delta.id = plugin.id();
    delta.calls = take(health.calls);
    delta.errors = take(health.errors);
    delta.exceptions = take(health.exceptions);
    delta.soft_overruns = take(health.soft_overruns);
    delta.hard_overruns = take(health.hard_overruns);
    delta.trips = take(health.trips);
    delta.when = unix_ns();
    delta.last_error = health.last_error.load(std::memory_order_relaxed);
    return delta;
}

// The store's disk is not touched for plugins that did nothing.
bool says_anything(const HealthDelta& delta) {
    return (delta.calls | delta.errors | delta.soft_overruns | delta.hard_overruns | delta.trips) != 0;
}

// Out of service until somebody enables it again: in this run by its breakers, in the next by the store.
void disable(Host& host, Plugin& plugin) {
    plugin.health.disabled = true;
    const std::string why =
        fmt::format("{} errors; max_errors is {}", plugin.health.errors_so_far.load(), plugin.health.max_errors.load());
    host.table().each_of(
        plugin, [&](tenon_registration& handler) { handler.monitor.force(handler, TENON_BREAKER_FORCED_OPEN); });
    if (Store* const store = host.store())
        if (const base::Check problem = store->disable(plugin.id(), why, "host", unix_ns()))
            host.log().write(TENON_LOG_ERROR, "", problem->text);
    host.log().write(TENON_LOG_ERROR, plugin.id(),
                     fmt::format("disabled: {}. tenon_host_enable lets it load again", why));
}

bool has_failed_too_often(const Plugin& plugin) {
    const HealthCounters& health = plugin.health;
    const std::uint64_t most = health.max_errors.load(std::memory_order_relaxed);
    return most != 0 && !health.disabled.load(std::memory_order_relaxed) &&
           health.errors_so_far.load(std::memory_order_relaxed) >= most;
}

}  // namespace

void keep_health(Host& host) noexcept {
    try {
        host.table().each([](tenon_registration& handler) { collect_health(handler); });
        std::vector<HealthDelta> deltas;
        host.each_watched([&](Plugin& plugin) {
            if (!plugin.manifest) return;
            if (host.store() == nullptr) return;
            HealthDelta delta = take_delta(plugin);
            if (says_anything(delta)) deltas.push_back(std::move(delta));
        });
        if (host.store() != nullptr && !deltas.empty())
            if (const base::Check problem = host.store()->add(deltas))
                host.log().write(TENON_LOG_WARNING, "", problem->text);
        std::vector<Plugin*> failed;
        host.each_watched([&](Plugin& plugin) {
            if (has_failed_too_often(plugin)) failed.push_back(&plugin);
        });
        for (Plugin* plugin : failed) disable(host, *plugin);
    } catch (const std::bad_alloc&) {  // the next time, then
    }
}

void recall_health(Host& host, Plugin& plugin, std::string& disabled_because) {
    if (host.store() == nullptr) return;
    const base::Result<Health> known = host.store()->health(plugin.id());
    if (!known) {
        host.log().write(TENON_LOG_WARNING, "", known.problem().text);
        return;
    }
    plugin.health.errors_so_far = known.value().recent_errors;
    if (const auto& disabled = known.value().disabled)
        disabled_because =
            fmt::format("by {} at {}: {}", disabled->by, time_of_day(disabled->since, false), disabled->reason);
}

}  // namespace tenon::host
