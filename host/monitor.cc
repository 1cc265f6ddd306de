#include "host/monitor.h"

#include <algorithm>
#include <utility>

#include "host/host.h"

namespace tenon::host {

namespace {

constexpr std::uint32_t generation_mask = (1u << (32 - word_generation_shift)) - 1;

// The whole generation, of which a call has kept 24 bits. What does not fit is an older one.
std::uint64_t generation_in(std::uint32_t word, const Breaker& breaker) {
    const std::uint64_t present = breaker.generation();
    return ((present ^ (word >> word_generation_shift)) & generation_mask) == 0 ? present : 0;
}

}  // namespace

void Monitor::start(tenon_registration& handler, const MonitorSettings& settings) {
    const std::lock_guard guard(lock_);
    added_ = now_ns();
    BreakerOptions options = settings.breaker;
    options.probe_ns = stuck_after(settings.budget.hard_ns);
    breaker_.emplace(options, handler.number.tag, added_);
    calls_before_ = calls_judged_ = calls_of(handler.number.index);
    budget_ = settings.budget;
    soft_ns_ = budget_.soft_ns;
    hard_ns_ = budget_.hard_ns;
    share_ = budget_.share;
    if (settings.forced != TENON_BREAKER_CLOSED) enter(settings.forced, added_);
    publish(handler);
}

// The word's other bits belong to others.
void Monitor::publish(tenon_registration& handler) noexcept {
    // What was called in another state is nothing that the present one judges.
    if (judged_generation_ != breaker_->generation()) calls_judged_ = calls_of(handler.number.index);
    judged_generation_ = breaker_->generation();
    std::uint32_t bits = static_cast<std::uint32_t>(breaker_->generation()) << word_generation_shift;
    if (breaker_->state() == BreakerState::half_open)
        bits |= word_probed;
    else if (breaker_->skips())
        bits |= word_skipped;
    if (down_) bits = (bits & ~std::uint32_t{word_probed}) | word_skipped;
    if ((bits & word_skipped) != 0 && handler.point != nullptr && handler.point->host != nullptr)
        handler.point->host->note_open();
    constexpr std::uint32_t ours = word_probed | word_skipped | (generation_mask << word_generation_shift);
    std::uint32_t word = handler.word.load(std::memory_order_relaxed);
    while (!handler.word.compare_exchange_weak(word, (word & ~ours) | bits, std::memory_order_seq_cst)) {
    }
}

// Calls that went well are counted where they are made; the breaker hears of them before it hears of a strike.
void Monitor::count_successes(const tenon_registration& handler) noexcept {
    const std::uint64_t calls = calls_of(handler.number.index);
    const std::uint64_t fresh = calls - calls_judged_;
    calls_judged_ = calls;
    if (fresh > 1) breaker_->successes(breaker_->generation(), fresh - 1);
}

Admission Monitor::admit(tenon_registration& handler) noexcept {
    const std::lock_guard guard(lock_);
    const Admission admission = breaker_->admit(now_ns());
    publish(handler);
    return admission;
}

void Monitor::release(tenon_registration& handler, std::uint32_t word, std::uint64_t lease) noexcept {
    const std::lock_guard guard(lock_);
    breaker_->release(generation_in(word, *breaker_), lease, now_ns());
    publish(handler);
}

void Monitor::settle(tenon_registration& handler, const Outcome& outcome) noexcept {
    const std::lock_guard guard(lock_);
    const std::uint64_t now = now_ns();
    const std::uint64_t generation = generation_in(outcome.word, *breaker_);
    if (outcome.strike && outcome.lease == 0) count_successes(handler);
    if (outcome.was_held) breaker_->unhold();
    if (outcome.strike == Strike::overrun && !outcome.was_held) note_overrun(outcome.self_ns);
    if (outcome.was_held) last_overrun_ns_ = std::max(last_overrun_ns_, outcome.self_ns);  // seen is seen
    if (outcome.strike)
        breaker_->strike(generation, outcome.lease, *outcome.strike, now);
    else if (outcome.lease != 0 && outcome.no_result)
        breaker_->release(generation, outcome.lease, now);
    else if (outcome.lease != 0)
        breaker_->pass(generation, outcome.lease, now);
    publish(handler);
}

void Monitor::note_overrun(std::uint64_t self_ns) noexcept {
    hard_overruns.fetch_add(1, std::memory_order_relaxed);
    last_overrun_ = now_ns();
    last_overrun_ns_ = self_ns;
}

void Monitor::begin_hold(tenon_registration& handler, std::uint64_t self_ns, bool charged) noexcept {
    if (charged) note_overrun(self_ns);
    breaker_->hold(now_ns());
    publish(handler);
}

void Monitor::stuck(tenon_registration& handler) noexcept {
    const std::lock_guard guard(lock_);
    breaker_->strike(breaker_->generation(), 0, Strike::stuck, now_ns());
    publish(handler);
}

void Monitor::crashed(tenon_registration& handler) noexcept {
    const std::lock_guard guard(lock_);
    breaker_->strike(breaker_->generation(), 0, Strike::crash, now_ns());
    publish(handler);
}

void Monitor::set_down(tenon_registration& handler, bool down) noexcept {
    const std::lock_guard guard(lock_);
    down_ = down;
    publish(handler);
}

void Monitor::over_share(tenon_registration& handler) noexcept {
    const std::lock_guard guard(lock_);
    calls_judged_ = calls_of(handler.number.index);  // no successes: together they are what was too much
    hard_overruns.fetch_add(1, std::memory_order_relaxed);
    breaker_->strike(breaker_->generation(), 0, Strike::overrun, now_ns());
    publish(handler);
}

// The last call may be running still.
void Monitor::within_share(const tenon_registration& handler) noexcept {
    const std::lock_guard guard(lock_);
    count_successes(handler);
    if (calls_judged_ > calls_before_) --calls_judged_;
}

void Monitor::keep_stack(std::string stack) noexcept {
    const std::lock_guard guard(lock_);
    stack_ = std::move(stack);
}

void Monitor::tick(tenon_registration& handler, std::uint64_t now) noexcept {
    if ((handler.word.load(std::memory_order_relaxed) & word_skipped) == 0) return;
    const std::lock_guard guard(lock_);
    const std::uint64_t probe = breaker_->next_probe();
    // Where there is no worker there is nothing to probe.
    if (down_ || probe == 0 || now < probe || breaker_->state() != BreakerState::open) return;
    handler.word.fetch_or(word_probed, std::memory_order_seq_cst);  // the next call asks
    handler.word.fetch_and(~std::uint32_t{word_skipped}, std::memory_order_seq_cst);
}

void Monitor::force(tenon_registration& handler, std::uint32_t state) noexcept {
    const std::lock_guard guard(lock_);
    enter(state, now_ns());
    publish(handler);
}

void Monitor::enter(std::uint32_t state, std::uint64_t now) noexcept {
    switch (state) {
        case TENON_BREAKER_FORCED_OPEN:
            return breaker_->force_open(now);
        case TENON_BREAKER_FORCED_CLOSED:
            return breaker_->force_closed(now);
        case TENON_BREAKER_METRICS_ONLY:
            return breaker_->metrics_only(now);
        default:
            return breaker_->reset(now);
    }
}

void Monitor::set_budget(const tenon_budget& budget) noexcept {
    const std::lock_guard guard(lock_);
    budget_ = budget;
    soft_ns_.store(budget.soft_ns, std::memory_order_relaxed);
    hard_ns_.store(budget.hard_ns, std::memory_order_relaxed);
    share_.store(budget.share, std::memory_order_relaxed);
}

Monitor::Counts Monitor::take_counts(const tenon_registration& handler) noexcept {
    const std::lock_guard guard(lock_);
    const Counts now{calls_of(handler.number.index) - calls_before_, soft_overruns.load(std::memory_order_relaxed),
                     hard_overruns.load(std::memory_order_relaxed), breaker_->trips()};
    const Counts before = std::exchange(taken_, now);
    return {now.calls - before.calls, now.soft_overruns - before.soft_overruns,
            now.hard_overruns - before.hard_overruns, now.trips - before.trips};
}

Monitor::View Monitor::view() const {
    const std::lock_guard guard(lock_);
    return {breaker_->state(),
            breaker_->since(),
            breaker_->next_probe(),
            breaker_->trips(),
            std::string(breaker_->reason()),
            stack_,
            last_overrun_,
            last_overrun_ns_,
            calls_before_,
            added_,
            budget_};
}

}  // namespace tenon::host
