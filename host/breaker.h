// The breaker of one handler: decides, from how its calls went, whether it is called at all.
//
//   CLOSED     called. Trips, judged at each strike, when half of the last 128 results are strikes and there are at
//              least 16, when 5 strikes came in a row, or at once when a call is stuck or crashed.
//   OPEN       skipped for 5 s, twice as long at each further trip, 5 min at most, +-20 % each time. A trip after 10
//              minutes closed begins at 5 s again.
//   HALF_OPEN  3 probes, each with a lease. 2 pass: CLOSED with an empty window. 2 fail: OPEN, which is a trip.
//   FORCED_OPEN, FORCED_CLOSED, METRICS_ONLY: an operator's word; only another one, or reset, ends them.
//
// A call that is still running past its hard budget holds the breaker: the handler is skipped until the last such call
// has returned, although nothing has tripped. Forced states do not care.
//
// A lease ends with its probe's result, when it is released, or open_ns (or probe_ns) after it was given: a probe that
// has not come back by then has failed, so that a lost one cannot block the handler for ever.
#pragma once

#include <tenon/stats.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "host/result_window.h"

namespace tenon::host {

// Values that contradict each other are brought to the nearest that work (minimum at most window, and so on).
struct BreakerOptions {
    std::uint32_t window = 128;  // results that are judged; at most ResultWindow::longest
    std::uint32_t minimum = 16;  // fewer results are not judged
    std::uint32_t percent = 50;  // strikes among them that trip it
    std::uint32_t in_a_row = 5;  // strikes that trip it, however few results there are
    std::uint64_t open_ns = 5'000'000'000;
    std::uint64_t max_open_ns = 300'000'000'000;  // before jitter
    std::uint32_t jitter_percent = 20;
    std::uint64_t healthy_ns = 600'000'000'000;
    std::uint32_t probes = 3;  // at most Breaker::most_probes
    std::uint32_t must_pass = 2;
    std::uint64_t probe_ns = 0;  // what a probe may take at least before it counts as lost
};

enum class BreakerState : std::uint32_t {
    closed = TENON_BREAKER_CLOSED,
    open = TENON_BREAKER_OPEN,
    half_open = TENON_BREAKER_HALF_OPEN,
    forced_open = TENON_BREAKER_FORCED_OPEN,
    forced_closed = TENON_BREAKER_FORCED_CLOSED,
    metrics_only = TENON_BREAKER_METRICS_ONLY
};

// stuck: seen running past 10 times its hard budget.
enum class Strike { overrun, error, exception, stuck, crash };

// The answer to a call that asks. It reports its result with both numbers.
struct Admission {
    bool allowed = false;
    std::uint64_t lease = 0;  // 0: not a probe
    std::uint64_t generation = 0;
};

// A plain value. Not for several threads: callers hold a lock. Reads no clock: `now` is in nanoseconds of one clock
// that does not go back. Never allocates, never fails.
class Breaker {
public:
    static constexpr std::uint32_t most_probes = 16;

    // Breakers with other seeds wait other times, so that they do not probe in step.
    Breaker(const BreakerOptions& options, std::uint64_t seed, std::uint64_t now);

    // Whether calls must ask admit(); otherwise they are all allowed, with lease 0 and the present generation.
    bool skips() const;
    Admission admit(std::uint64_t now);

    // Results. Those of another generation than the present one, and those of leases that are not out, change nothing,
    // except that stuck and crash, being news of the present generation, need no lease.
    // `count` calls went well before what is reported next; the hot path counts them.
    void successes(std::uint64_t generation, std::uint64_t count);
    void strike(std::uint64_t generation, std::uint64_t lease, Strike kind, std::uint64_t now);
    void pass(std::uint64_t generation, std::uint64_t lease, std::uint64_t now);
    // The probe has no result (it was not made, or is not charged); its lease may be given again.
    void release(std::uint64_t generation, std::uint64_t lease, std::uint64_t now);

    // A call was seen running past its hard budget, and such a call has returned, whatever has become of its generation
    // meanwhile. The first gives true where it is the only one now, the second where there is none any more. A hold is
    // no change of the generation: the strikes of the calls that hold count when they return.
    bool hold(std::uint64_t now);
    bool unhold();

    // An operator's word. Where it changes nothing it does nothing; but reset always begins anew, with an empty window
    // and without back-off. Neither ends a hold.
    void force_open(std::uint64_t now) { enter_forced(BreakerState::forced_open, "forced open", now); }
    void force_closed(std::uint64_t now) { enter_forced(BreakerState::forced_closed, "forced closed", now); }
    void metrics_only(std::uint64_t now) { enter_forced(BreakerState::metrics_only, "metrics only", now); }
    void reset(std::uint64_t now);

    // As an operator sees it: a breaker that is held is open.
    BreakerState state() const { return held() ? BreakerState::open : state_; }
    // Grows with every change of state, holds excepted, and with reset.
    std::uint64_t generation() const { return generation_; }
    std::uint64_t since() const { return held() && state_ != BreakerState::open ? held_since_ : since_; }
    // When it is open: the time of the next probe, if nothing holds it then. 0 otherwise.
    std::uint64_t next_probe() const { return state_ == BreakerState::open ? next_probe_ : 0; }
    // How often it opened by itself; failed probes included, holds not.
    std::uint64_t trips() const { return trips_; }
    // Why it is not closed; empty if it is. Half open: why it tripped. Valid until the next call that is not const.
    std::string_view reason() const;

private:
    // A sentence, kept without allocating.
    struct Sentence {
        std::array<char, 79> text{};
        std::uint8_t size = 0;
        std::string_view view() const { return {text.data(), size}; }
    };
    struct Lease {
        std::uint64_t id = 0;  // 0: not out
        std::uint64_t expires = 0;
    };

    bool held() const;
    void explain_hold();
    void enter(BreakerState state, std::uint64_t now);
    void enter_forced(BreakerState state, std::string_view why, std::uint64_t now);
    void trip(std::uint64_t now);
    void judge(std::uint64_t now);
    std::uint64_t time_to_stay_open();

    Admission give_lease(std::uint64_t now);
    bool take_lease(std::uint64_t generation, std::uint64_t lease, std::uint64_t now);
    void expire_leases(std::uint64_t now);
    void fail_probe(std::uint64_t now);

    BreakerOptions options_;
    std::uint64_t random_;
    BreakerState state_ = BreakerState::closed;
    std::uint64_t generation_ = 1;
    std::uint64_t since_;
    std::uint64_t next_probe_ = 0;
    std::uint64_t trips_ = 0;
    std::uint32_t back_off_ = 0;  // trips in succession
    ResultWindow window_;

    std::array<Lease, most_probes> leases_{};
    std::uint64_t last_lease_ = 0;
    std::uint32_t out_ = 0;  // of this half-open period, like the next two
    std::uint32_t passed_ = 0;
    std::uint32_t failed_ = 0;

    std::uint32_t holds_ = 0;
    std::uint64_t held_since_ = 0;
    Sentence reason_;
    Sentence hold_reason_;
};

}  // namespace tenon::host
