// Calls that did not simply return: how long they took, what that and their status say of the handler.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "host/around.h"
#include "host/hold.h"
#include "host/host.h"
#include "host/plugin.h"
#include "host/thread_time.h"

namespace tenon::host {

namespace {

// What the caller asked for is no fault of the handler's.
bool is_the_callers(const Walk& walk, std::int32_t status) noexcept {
    return (status == TENON_E_CANCELLED || status == TENON_E_DEADLINE) &&
           walk.scope.attention->load(std::memory_order_relaxed) != 0;
}

// AROUND: nor is the error of what ran inside of it.
bool is_passed_on(const Walk& walk, std::int32_t status) noexcept {
    const AroundFrame* const frame = walk.level.around;
    return frame != nullptr && frame->went_on && frame->inner == status;
}

std::optional<Strike> strike_of(const Walk& walk, const Called& called) noexcept {
    if (called.status >= 0 || is_the_callers(walk, called.status) || is_passed_on(walk, called.status)) return {};
    return called.status == TENON_E_EXCEPTION ? Strike::exception : Strike::error;
}

void note_soft(Walk& walk, tenon_registration& handler, std::uint64_t self_ns) noexcept {
    const std::uint64_t before = handler.monitor.soft_overruns.fetch_add(1, std::memory_order_relaxed);
    if ((before & (before + 1)) != 0) return;  // the 1st, 2nd, 4th, 8th ...
    try {
        walk.point.host->log().write(
            TENON_LOG_INFO, handler.place.owner,
            fmt::format("{} took {:.3f} ms, more than its soft budget of {:.3f} ms ({} so far)", walk.point.name,
                        static_cast<double>(self_ns) / 1e6, static_cast<double>(handler.monitor.soft_ns()) / 1e6,
                        before + 1));
    } catch (const std::bad_alloc&) {  // counted all the same
    }
}

void note_hard(Walk& walk, tenon_registration& handler, std::uint64_t self_ns) noexcept {
    const std::uint64_t before = handler.monitor.hard_overruns.load(std::memory_order_relaxed);
    if ((before & (before + 1)) != 0) return;
    try {
        walk.point.host->log().write(
            TENON_LOG_WARNING, handler.place.owner,
            fmt::format("{} took {:.3f} ms, more than its hard budget of {:.3f} ms ({} before)", walk.point.name,
                        static_cast<double>(self_ns) / 1e6, static_cast<double>(handler.monitor.hard_ns()) / 1e6,
                        before));
    } catch (const std::bad_alloc&) {
    }
}

void count_error(tenon_registration& handler, std::int32_t status) noexcept {
    handler.monitor.errors.fetch_add(1, std::memory_order_relaxed);
    if (status == TENON_E_EXCEPTION) handler.monitor.exceptions.fetch_add(1, std::memory_order_relaxed);
    if (handler.plugin != nullptr && handler.plugin->health.error(status == TENON_E_EXCEPTION))
        handler.plugin->host.note_failed();
}

// For how long the thread has waited for a processor since this was last asked. What it waited before the call is
// counted in its favour, too, the first time.
std::uint64_t newly_waited_ns(Slot& slot) noexcept {
    const std::uint64_t now = waited_ns(slot.thread.load(std::memory_order_relaxed));
    return now - std::exchange(slot.waited_ns, now);
}

// What of a time over budget is charged: not what the thread waited for a processor, and where the ticks still say much
// less than the clock, not more than they do, because then the watchdog or the whole process stood still.
std::uint64_t charged_ns(Walk& walk, std::uint32_t ticks, std::uint64_t self_ns) noexcept {
    const std::uint64_t used = self_ns - std::min(self_ns, newly_waited_ns(walk.slot));
    const std::uint64_t most = walk.point.ticks->at_most_ns(ticks);
    return used > 2 * most ? most : used;
}

// A worker has been ended for it, and the caller is late: what /proc says would take 30 us to read.
bool is_judged(const tenon_registration& handler, const Called& called) noexcept {
    return called.status == TENON_E_DEADLINE && handler.plugin != nullptr && handler.plugin->ward != nullptr;
}

// Self time as exactly as it is known: measured, or at least so many ticks.
std::uint64_t self_time(Walk& walk, std::uint32_t ticks, const Called& called) noexcept {
    const std::uint64_t nested = walk.level.nested_ns.exchange(0, std::memory_order_relaxed);
    if (called.exact_ns != 0) return called.exact_ns;
    const std::uint64_t least = walk.point.ticks->at_least_ns(ticks);
    return least > nested ? least - nested : 0;
}

}  // namespace

namespace {

// While a call is settled, the application's log may run: that is nobody's time, and nobody's code is running.
class Afterwards {
public:
    explicit Afterwards(Walk& walk) noexcept : walk_(walk) {
        walk.level.charge.store(Charge::none, std::memory_order_seq_cst);
    }
    ~Afterwards() {
        walk_.level.running.store(nullptr, std::memory_order_release);
        walk_.tick = walk_.point.ticks->load();
        walk_.level.began.store(walk_.tick, std::memory_order_seq_cst);
        walk_.level.charge.store(Charge::full, std::memory_order_seq_cst);
    }
    Afterwards(const Afterwards&) = delete;
    Afterwards& operator=(const Afterwards&) = delete;

private:
    Walk& walk_;
};

}  // namespace

void settle(Walk& walk, tenon_registration& handler, const Called& called) noexcept {
    const Afterwards afterwards(walk);
    const std::uint32_t now = walk.point.ticks->load();
    const std::uint32_t began = walk.level.began.exchange(now, std::memory_order_seq_cst);
    const std::uint32_t ticks = Ticks::between(walk.tick, now);
    const std::uint64_t self_ns = self_time(walk, ticks, called);
    Outcome outcome{called.word, called.lease, strike_of(walk, called), self_ns, (began & struck) != 0};
    outcome.no_result = is_the_callers(walk, called.status);
    if (called.status < 0 && !is_passed_on(walk, called.status)) {
        note_failure(walk.level, walk.point, called.status, outcome.strike.has_value());
        if (outcome.strike) count_error(handler, called.status);
    }
    const bool keeps_time = walk.point.host->settings().watchdog_period_ns != 0;
    const auto over = [&](std::uint64_t budget) { return keeps_time && budget != 0 && outcome.self_ns > budget; };
    const std::uint64_t soft = handler.monitor.soft_ns();
    const std::uint64_t hard = handler.monitor.hard_ns();
    const bool judged = is_judged(handler, called);
    if ((over(soft) || over(hard)) && !judged) outcome.self_ns = charged_ns(walk, ticks, self_ns);
    const bool over_hard = over(hard);
    const bool over_soft = over(soft);
    if (outcome.was_held && !called.exempt) {
        outcome.strike = Strike::overrun;
    } else if (outcome.was_held || (called.exempt && over_soft) ||
               (over_hard && (called.exempt || (!judged && is_traced())))) {
        handler.monitor.not_charged.fetch_add(1, std::memory_order_relaxed);
        outcome.no_result = true;
    } else if (over_hard) {
        outcome.strike = Strike::overrun;
        note_hard(walk, handler, outcome.self_ns);
    } else if (over_soft) {
        note_soft(walk, handler, outcome.self_ns);
    }
    if (outcome.strike || outcome.lease != 0 || outcome.was_held) handler.monitor.settle(handler, outcome);
}

void enter_nested(Slot& slot, Level& level) noexcept {
    level.begun_ns = slot.levels[slot.depth - 2].timed ? base::machine_clock().ticks() : 0;
}

void leave_nested(Slot& slot, Level& level, const Ticks& ticks) noexcept {
    Level& outer = slot.levels[slot.depth - 2];
    std::uint64_t took = 0;
    if (outer.timed && level.begun_ns != 0) {
        const base::Clock& clock = base::machine_clock();
        took = clock.ns_between(level.begun_ns, clock.ticks());
    } else {
        took = Ticks::between(level.entered, ticks.load()) * ticks.period_ns;
    }
    if (took != 0) Cells::add(outer.nested_ns, took);
}

}  // namespace tenon::host
