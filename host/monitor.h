// What is known of one handler's calls beside their number: errors, overruns, its budget and its breaker.
#pragma once

#include <tenon/stats.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "host/breaker.h"

namespace tenon::host {

// Past that, a call with such a hard budget is stuck.
constexpr std::uint64_t stuck_after(std::uint64_t hard_ns) noexcept {
    return hard_ns > UINT64_MAX / 20 ? UINT64_MAX / 2 : hard_ns * 10;
}

// How a call ended that was not simply fine. `self_ns` is 0 when its time is not known.
struct Outcome {
    std::uint32_t word = 0;  // the registration's when the call began
    std::uint64_t lease = 0;
    std::optional<Strike> strike{};
    std::uint64_t self_ns = 0;
    bool was_held = false;   // the watchdog had seen it past its budget
    bool no_result = false;  // a probe that says nothing of the handler: its lease is given back
};

// What the host has decided about all handlers of a kind when one is added.
struct MonitorSettings {
    BreakerOptions breaker;
    tenon_budget budget{};
    std::uint32_t forced = TENON_BREAKER_CLOSED;  // or a state that an operator may ask for
};

// Never on the way of a plain success. All functions may be called on any thread; the lock is never held while foreign
// code runs. After each the registration's word says what the breaker decided.
class Monitor {
public:
    void start(tenon_registration& handler, const MonitorSettings& settings);

    std::uint64_t soft_ns() const noexcept { return soft_ns_.load(std::memory_order_relaxed); }
    std::uint64_t hard_ns() const noexcept { return hard_ns_.load(std::memory_order_relaxed); }
    std::uint32_t share() const noexcept { return share_.load(std::memory_order_relaxed); }
    // So much is over one of them.
    bool over(std::uint64_t ns) const noexcept {
        const std::uint64_t soft = soft_ns(), hard = hard_ns();
        return (soft != 0 && ns > soft) || (hard != 0 && ns > hard);
    }

    Admission admit(tenon_registration& handler) noexcept;
    void release(tenon_registration& handler, std::uint32_t word, std::uint64_t lease) noexcept;
    void settle(tenon_registration& handler, const Outcome& outcome) noexcept;
    // The watchdog sees a call run past its hard budget, or past ten times that.
    // `mark` says so to the call itself, under the lock, so that the call's end cannot come in between; false: it has
    // just ended.
    template <class Mark>
    bool hold(tenon_registration& handler, std::uint64_t self_ns, bool charged, Mark&& mark) noexcept {
        const std::lock_guard guard(lock_);
        if (!mark()) return false;
        begin_hold(handler, self_ns, charged);
        return true;
    }
    void stuck(tenon_registration& handler) noexcept;
    // The worker that ran a call has ended meanwhile.
    void crashed(tenon_registration& handler) noexcept;
    // There is nobody to call, whatever the breaker says: its worker does not run.
    void set_down(tenon_registration& handler, bool down) noexcept;
    void keep_stack(std::string stack) noexcept;
    // Lets probes through when the time has come.
    void tick(tenon_registration& handler, std::uint64_t now) noexcept;
    void force(tenon_registration& handler, std::uint32_t state) noexcept;
    void set_budget(const tenon_budget& budget) noexcept;
    // What it used in the last second was more, or not more, than its share (share.h).
    void over_share(tenon_registration& handler) noexcept;
    void within_share(const tenon_registration& handler) noexcept;

    std::atomic<std::uint64_t> errors{0};
    std::atomic<std::uint64_t> exceptions{0};
    std::atomic<std::uint64_t> soft_overruns{0};
    std::atomic<std::uint64_t> hard_overruns{0};
    std::atomic<std::uint64_t> skipped{0};
    std::atomic<std::uint64_t> not_charged{0};
    std::atomic<std::uint64_t> short_circuits{0};  // AROUND: calls that did not call next

    // What was counted since the last time this was asked.
    struct Counts {
        std::uint64_t calls = 0;
        std::uint64_t soft_overruns = 0;
        std::uint64_t hard_overruns = 0;
        std::uint64_t trips = 0;
    };
    Counts take_counts(const tenon_registration& handler) noexcept;

    // For statistics; times are of CLOCK_MONOTONIC.
    struct View {
        BreakerState breaker;
        std::uint64_t since;
        std::uint64_t next_probe;
        std::uint64_t trips;
        std::string reason;
        std::string stack;
        std::uint64_t last_overrun;
        std::uint64_t last_overrun_ns;
        std::uint64_t calls_before;  // of others that had the same index
        std::uint64_t added;
        tenon_budget budget;
    };
    View view() const;

private:
    void begin_hold(tenon_registration& handler, std::uint64_t self_ns, bool charged) noexcept;
    void note_overrun(std::uint64_t self_ns) noexcept;
    void count_successes(const tenon_registration& handler) noexcept;
    void enter(std::uint32_t state, std::uint64_t now) noexcept;
    void publish(tenon_registration& handler) noexcept;

    std::atomic<std::uint64_t> soft_ns_{0};
    std::atomic<std::uint64_t> hard_ns_{0};
    std::atomic<std::uint32_t> share_{0};
    mutable std::mutex lock_;
    std::optional<Breaker> breaker_;
    tenon_budget budget_{};
    std::uint64_t added_ = 0;
    std::uint64_t calls_before_ = 0;
    std::uint64_t calls_judged_ = 0;  // that the breaker knows of
    std::uint64_t judged_generation_ = 0;
    std::uint64_t last_overrun_ = 0;
    std::uint64_t last_overrun_ns_ = 0;
    bool down_ = false;
    Counts taken_;
    std::string stack_;
};

}  // namespace tenon::host
