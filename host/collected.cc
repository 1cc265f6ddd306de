#include "host/collected.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "host/time_text.h"
#include "host/worker.h"

namespace tenon::host {

namespace {

// Times of CLOCK_MONOTONIC as times of day; 0 stays "never".
class Calendar {
public:
    Calendar() : now_(now_ns()), today_(unix_ns()) {}
    std::uint64_t operator()(std::uint64_t monotonic) const {
        if (monotonic == 0) return 0;
        return monotonic > now_ ? today_ + (monotonic - now_) : today_ - std::min(today_, now_ - monotonic);
    }
    std::uint64_t now() const { return now_; }
    std::uint64_t today() const { return today_; }

private:
    std::uint64_t now_;
    std::uint64_t today_;
};

// What all threads have timed of a handler.
void fold_times(const tenon_registration& handler, StatRow& row) {
    for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next) {
        const Timing* const timing = slot->cells.timing(handler.number);
        if (timing == nullptr) continue;
        row.timed += timing->timed.load(std::memory_order_relaxed);
        row.total_ns += timing->total_ns.load(std::memory_order_relaxed);
        row.self_times.add(timing->self);
    }
    // The timed calls stand for all of them.
    const std::uint64_t stood_for = row.self_times.count();
    const auto scaled = [&](std::uint64_t ns) {
        return stood_for == 0 ? 0
                              : static_cast<std::uint64_t>(static_cast<double>(ns) * static_cast<double>(row.calls) /
                                                           static_cast<double>(stood_for));
    };
    row.self_ns = scaled(row.self_times.sum_ns());
    row.total_ns = scaled(row.total_ns);
    row.max_ns = row.self_times.max_ns();
}

StatRow row_of(const tenon_registration& handler, const Calendar& calendar) {
    const Monitor& monitor = handler.monitor;
    Monitor::View view = monitor.view();
    StatRow row;
    row.plugin = handler.place.owner;
    if (handler.plugin != nullptr) row.version = handler.plugin->version();
    row.hook = handler.point->name;
    row.handler = handler.place.name;
    row.calls = calls_of(handler.number.index) - view.calls_before;
    row.errors = monitor.errors.load(std::memory_order_relaxed);
    row.exceptions = monitor.exceptions.load(std::memory_order_relaxed);
    row.soft_overruns = monitor.soft_overruns.load(std::memory_order_relaxed);
    row.hard_overruns = monitor.hard_overruns.load(std::memory_order_relaxed);
    row.skipped = monitor.skipped.load(std::memory_order_relaxed);
    row.not_charged = monitor.not_charged.load(std::memory_order_relaxed);
    row.short_circuits = monitor.short_circuits.load(std::memory_order_relaxed);
    fold_times(handler, row);
    const std::uint64_t age = calendar.now() > view.added ? calendar.now() - view.added : 1;
    row.share_ppm = static_cast<std::uint64_t>(static_cast<double>(row.self_ns) * 1e6 / static_cast<double>(age));
    row.last_overrun = calendar(view.last_overrun);
    row.last_overrun_ns = view.last_overrun_ns;
    row.stack = std::move(view.stack);
    row.breaker = static_cast<std::uint32_t>(view.breaker);
    row.trips = view.trips;
    row.since = calendar(view.since);
    row.next_probe = calendar(view.next_probe);
    row.reason = std::move(view.reason);
    row.budget = view.budget;
    return row;
}

WorkerRow row_of(const Plugin& plugin, Ward::View view) {
    const sandbox::ClientUsage& usage = view.usage;
    WorkerRow row;
    row.plugin = plugin.id();
    row.version = plugin.version();
    row.state = view.state;
    row.pid = std::max<pid_t>(usage.pid, 0);
    row.lanes = usage.lanes;
    row.restarts = usage.starts - std::min<std::uint64_t>(usage.starts, 1);
    row.calls = usage.calls;
    row.bytes_out = usage.bytes_out;
    row.bytes_in = usage.bytes_in;
    row.cpu_ns = usage.ended.user_ns + usage.ended.system_ns + usage.live.cpu_ns;
    row.resident_kib = usage.live.resident_kib;
    row.peak_kib = std::max(usage.ended.peak_resident_kib, usage.live.peak_resident_kib);
    row.minor_faults = usage.ended.minor_faults + usage.live.minor_faults;
    row.major_faults = usage.ended.major_faults + usage.live.major_faults;
    row.voluntary_switches = usage.ended.voluntary_switches + usage.live.voluntary_switches;
    row.involuntary_switches = usage.ended.involuntary_switches + usage.live.involuntary_switches;
    row.last_end = std::move(view.last_end);
    return row;
}

}  // namespace

std::unique_ptr<tenon_stats> collect_stats(Host& host) {
    auto stats = std::make_unique<tenon_stats>();
    const Calendar calendar;
    stats->when = calendar.today();
    stats->clock = base::machine_clock().describe();
    stats->watchdog_ns = host.settings().watchdog_period_ns;
    host.table().each_in_order(
        [&](const tenon_registration& handler) { stats->rows.push_back(row_of(handler, calendar)); });
    host.wards().each([&](const Ward& ward) {
        if (std::optional<Ward::View> view = ward.view())
            stats->workers.push_back(row_of(ward.plugin(), std::move(*view)));
    });
    return stats;
}

std::string why_skipped(const tenon_registration& handler) {
    const Monitor::View view = handler.monitor.view();
    const std::string who = fmt::format("{} of {}", handler.point->name, handler.place.owner);
    if (view.breaker == BreakerState::closed || view.breaker == BreakerState::forced_closed ||
        view.breaker == BreakerState::metrics_only)
        return fmt::format("{} is not skipped: its breaker is {}", who,
                           breaker_name(static_cast<std::uint32_t>(view.breaker)));
    const std::uint64_t now = now_ns();
    const std::string next = view.next_probe == 0 ? std::string("; no probe is planned")
                             : view.next_probe <= now
                                 ? std::string("; the next call is a probe")
                                 : fmt::format("; the next probe is in {}", span_text(view.next_probe - now));
    return fmt::format("{} is skipped: its breaker has been {} for {}, because {}{}", who,
                       breaker_name(static_cast<std::uint32_t>(view.breaker)), span_text(now - view.since), view.reason,
                       view.breaker == BreakerState::open ? next : std::string());
}

}  // namespace tenon::host
