// The breaker a second time, naively: it keeps everything that happened and looks at all of it at each question.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>

#include "host/breaker.h"

namespace tenon::host {

// Small enough for short sequences to reach everything.
inline constexpr BreakerOptions small_options{4, 3, 50, 2, 100, 300, 0, 1000, 3, 2};

class BreakerModel {
public:
    enum class Cause { none, row, share, stuck, probes, forced_open, forced_closed, metrics_only };
    enum class Outcome : std::uint8_t { out, passed, failed, given_back };
    static constexpr std::uint32_t longest = 16;  // sequence
    static constexpr std::uint32_t no_probe = longest;

    BreakerState machine() const { return state_; }
    std::uint64_t generation() const { return generation_; }
    std::uint64_t trips() const { return trips_; }
    bool held() const { return calls_past_hard_ > 0; }

    BreakerState state() const { return hold_shows() ? BreakerState::open : state_; }
    std::uint64_t since() const { return hold_shows() && state_ != BreakerState::open ? held_since_ : since_; }
    std::uint64_t next_probe() const { return state_ == BreakerState::open ? opens_until_ : 0; }

    std::string reason() const {
        if (hold_shows() && state_ != BreakerState::open)
            return calls_past_hard_ == 1 ? "a call is running past its hard budget"
                                         : fmt::format("{} calls are running past their hard budget", calls_past_hard_);
        switch (cause_) {
            case Cause::row:
                return "2 strikes in a row";
            case Cause::share:
                return fmt::format("{} of the last {} calls were strikes", some_, of_);
            case Cause::stuck:
                return "a call ran past 10 times its hard budget";
            case Cause::probes:
                return fmt::format("{} of {} probes failed", some_, of_);
            case Cause::forced_open:
                return "forced open";
            case Cause::forced_closed:
                return "forced closed";
            case Cause::metrics_only:
                return "metrics only";
            case Cause::none:
                break;
        }
        return "";
    }

    // Whether a call is made; if it is a probe, `probe` is its number in this half-open period.
    bool asks(std::uint64_t now, std::uint32_t& probe) {
        probe = no_probe;
        if (state_ == BreakerState::half_open) look_for_lost_probes(now);
        if (state() == BreakerState::closed || state_ == BreakerState::forced_closed ||
            state_ == BreakerState::metrics_only)
            return true;
        if (held() || state_ == BreakerState::forced_open) return false;
        if (state_ == BreakerState::open && now < opens_until_) return false;
        if (state_ == BreakerState::open) become(BreakerState::half_open, now);
        if (probe_count_ - number_of(Outcome::given_back) >= small_options.probes) return false;
        probe = probe_count_++;
        probes_[probe] = {now, Outcome::out};
        return true;
    }

    void goes_well() {
        if (state_ == BreakerState::closed) results_[result_count_++] = 'w';
    }

    void strikes(std::uint64_t now) {
        if (state_ != BreakerState::closed) return;
        results_[result_count_++] = 's';
        const std::uint32_t of = std::min(result_count_, small_options.window);
        std::uint32_t some = 0;
        for (std::uint32_t i = result_count_ - of; i < result_count_; ++i) some += results_[i] == 's' ? 1u : 0u;
        if (result_count_ >= 2 && results_[result_count_ - 2] == 's')
            trips_because(Cause::row, 0, 0, now);
        else if (of >= small_options.minimum && 2 * some >= of)
            trips_because(Cause::share, some, of, now);
    }

    void is_stuck(std::uint64_t now) {
        if (state_ == BreakerState::closed || state_ == BreakerState::half_open) trips_because(Cause::stuck, 0, 0, now);
    }

    void probe_ends(std::uint64_t generation, std::uint32_t probe, Outcome outcome, std::uint64_t now) {
        if (generation != generation_ || probe == no_probe || state_ != BreakerState::half_open) return;
        look_for_lost_probes(now);
        if (state_ != BreakerState::half_open || probes_[probe].outcome != Outcome::out) return;
        probes_[probe].outcome = outcome;
        if (number_of(Outcome::passed) == 2) become(BreakerState::closed, now);
        look_at_failures(now);
    }

    void hold(std::uint64_t now) {
        if (calls_past_hard_++ == 0) held_since_ = now;
    }
    void unhold() {
        if (calls_past_hard_ > 0) --calls_past_hard_;
    }

    void force(BreakerState state, Cause cause, std::uint64_t now) {
        if (state_ == state) return;
        become(state, now);
        cause_ = cause;
    }
    void reset(std::uint64_t now) {
        in_succession_ = 0;
        become(BreakerState::closed, now);
    }

private:
    struct Probe {
        std::uint64_t given = 0;
        Outcome outcome = Outcome::out;
    };

    bool hold_shows() const {
        return held() &&
               (state_ == BreakerState::closed || state_ == BreakerState::open || state_ == BreakerState::half_open);
    }

    std::uint32_t number_of(Outcome outcome) const {
        std::uint32_t number = 0;
        for (std::uint32_t i = 0; i < probe_count_; ++i) number += probes_[i].outcome == outcome ? 1u : 0u;
        return number;
    }

    void become(BreakerState state, std::uint64_t now) {
        state_ = state;
        generation_ += 1;
        since_ = now;
        probe_count_ = 0;
        result_count_ = 0;
        if (state == BreakerState::closed) cause_ = Cause::none;
    }

    void trips_because(Cause cause, std::uint32_t some, std::uint32_t of, std::uint64_t now) {
        constexpr std::uint64_t times[] = {100, 200, 300};
        if (state_ == BreakerState::closed && now - since_ >= 1000) in_succession_ = 0;
        become(BreakerState::open, now);
        trips_ += 1;
        opens_until_ = now + times[std::min(in_succession_, 2u)];
        in_succession_ += 1;
        cause_ = cause;
        some_ = some;
        of_ = of;
    }

    void look_for_lost_probes(std::uint64_t now) {
        for (std::uint32_t i = 0; i < probe_count_; ++i)
            if (probes_[i].outcome == Outcome::out && now - probes_[i].given >= 100) {
                probes_[i].outcome = Outcome::failed;
                look_at_failures(now);
            }
    }

    void look_at_failures(std::uint64_t now) {
        if (state_ == BreakerState::half_open && number_of(Outcome::failed) == 2)
            trips_because(Cause::probes, 2, probe_count_ - number_of(Outcome::given_back), now);
    }

    BreakerState state_ = BreakerState::closed;
    Cause cause_ = Cause::none;
    std::uint32_t some_ = 0;
    std::uint32_t of_ = 0;
    std::uint64_t generation_ = 1;
    std::uint64_t since_ = 0;
    std::uint64_t opens_until_ = 0;
    std::uint64_t trips_ = 0;
    std::uint64_t held_since_ = 0;
    std::uint32_t in_succession_ = 0;
    std::uint32_t calls_past_hard_ = 0;
    std::uint32_t result_count_ = 0;  // since it closed
    std::uint32_t probe_count_ = 0;   // since it became half open
    std::array<char, longest> results_{};
    std::array<Probe, longest> probes_{};
};

}  // namespace tenon::host
