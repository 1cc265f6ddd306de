#include "host/watchdog.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "host/host.h"
#include "host/stack.h"
#include "host/thread_time.h"

namespace tenon::host {

namespace {

constexpr std::uint32_t turns_per_probe = 5;

// The call that a thread is in now: its innermost level. Those around it wait for it.
const Level* innermost(const Slot& slot) noexcept {
    const Level* found = nullptr;
    for (const Level& level : slot.levels) {
        if (level.held.load(std::memory_order_acquire) == nullptr) break;
        found = &level;
    }
    return found;
}

}  // namespace

Watchdog::Watchdog(Host& host, Ticks& ticks, std::uint32_t stack_signal)
    : host_(host), ticks_(ticks), stack_signal_(stack_signal) {}

Watchdog::~Watchdog() {
    stop();
}

void Watchdog::start() {
    thread_ = std::thread([this] { run(); });
}

void Watchdog::stop() noexcept {
    {
        const std::lock_guard guard(lock_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Watchdog::run() noexcept {
    const std::chrono::nanoseconds period(ticks_.period_ns);
    std::unique_lock guard(lock_);
    while (!wake_.wait_for(guard, period, [&] { return stopping_; })) {
        guard.unlock();
        turn();
        guard.lock();
    }
}

void Watchdog::turn() noexcept {
    const std::uint32_t now = (ticks_.now.load(std::memory_order_relaxed) + 1) & ~struck;
    ticks_.now.store(now, std::memory_order_seq_cst);
    try {
        for (Suspect& suspect : suspects_) judge(suspect);
        std::erase_if(suspects_, [](const Suspect& suspect) { return !suspect.is_running(); });
        for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next) look_at(*slot);
    } catch (const std::bad_alloc&) {  // the next turn sees it, too
    }
    ++turns_;
    if (turns_ % turns_per_probe == 0) let_probes_through();
    if (turns_ * ticks_.period_ns < 1'000'000'000u && !host_.take_failed()) return;
    turns_ = 0;
    try {
        shares_.judge(host_, ticks_);
    } catch (const std::bad_alloc&) {  // a second that is not judged
    }
    keep_health(host_);
}

bool Watchdog::is_known(const Level& level, std::uint32_t began) const noexcept {
    return std::any_of(suspects_.begin(), suspects_.end(),
                       [&](const Suspect& suspect) { return suspect.is(level, began & ~struck); });
}

// A call over which the ticks have moved twice is suspect, if it is this host's and has a budget.
void Watchdog::look_at(const Slot& slot) {
    const Level* const level = innermost(slot);
    if (level == nullptr) return;
    tenon_registration* const handler = level->running.load(std::memory_order_seq_cst);
    const std::uint32_t began = level->began.load(std::memory_order_seq_cst);
    if (handler == nullptr || Ticks::between(began & ~struck, ticks_.load()) < 2 || is_known(*level, began)) return;
    bool has_budget = false;
    host_.table().with(handler, [&](const tenon_registration& known) { has_budget = known.monitor.hard_ns() != 0; });
    if (has_budget) suspects_.emplace_back(slot, *level, handler, began, ticks_);
}

void Watchdog::judge(Suspect& suspect) {
    if (!suspect.is_running() || suspect.charge() == Charge::none || suspect.waits_for_nested()) return;
    const std::uint64_t self_ns = suspect.self_ns(ticks_);
    if (!suspect.struck_already && !strike(suspect, self_ns)) return;
    if (suspect.stuck_at_ns != 0 && self_ns > suspect.stuck_at_ns) {
        suspect.stuck_at_ns = 0;
        host_.table().with(suspect.handler(), [](tenon_registration& known) { known.monitor.stuck(known); });
    }
    if (self_ns < suspect.report_at_ns) return;
    suspect.report_at_ns = self_ns * 2;
    report(suspect, self_ns);
}

bool Watchdog::strike(Suspect& suspect, std::uint64_t self_ns) {
    host_.table().with(suspect.handler(), [&](tenon_registration& known) {
        const std::uint64_t hard = known.monitor.hard_ns();
        // A first call is left alone until it is stuck.
        const bool is_first = suspect.charge() == Charge::first_call;
        if (hard == 0 || self_ns <= (is_first ? stuck_after(hard) : hard) || is_traced()) return;
        if (!known.monitor.hold(known, self_ns, !is_first, [&] { return suspect.strike(); })) return;
        suspect.owner = known.place.owner;
        suspect.hook = known.point->name;
        suspect.stuck_at_ns = is_first ? 0 : stuck_after(hard);
    });
    return suspect.struck_already;
}

void Watchdog::report(const Suspect& suspect, std::uint64_t self_ns) {
    const std::string stack = stack_signal_ == 0 ? std::string() : stack_of(suspect.thread(), stack_signal_);
    if (!stack.empty())
        host_.table().with(suspect.handler(), [&](tenon_registration& known) { known.monitor.keep_stack(stack); });
    host_.log().write(TENON_LOG_WARNING, suspect.owner,
                      fmt::format("{} has been running on thread {} for more than {:.3f} ms, past its hard budget; its "
                                  "breaker is open and it was told to stop{}{}",
                                  suspect.hook, suspect.thread(), static_cast<double>(self_ns) / 1e6,
                                  stack.empty() ? "" : "\n", stack));
}

void Watchdog::let_probes_through() noexcept {
    if (!host_.take_open()) return;
    const std::uint64_t now = now_ns();
    bool waiting = false;
    host_.table().each([&](tenon_registration& handler) {
        handler.monitor.tick(handler, now);
        waiting = waiting || (handler.word.load(std::memory_order_relaxed) & word_skipped) != 0;
    });
    if (waiting) host_.note_open();
}

}  // namespace tenon::host
