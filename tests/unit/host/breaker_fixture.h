// A breaker with the numbers of the documentation, or others, and a clock.
#pragma once

#include "host/breaker.h"
#include "tests/support/catch.h"

namespace tenon::host {

inline constexpr std::uint64_t second = 1'000'000'000;
inline constexpr std::uint64_t minute = 60 * second;

inline BreakerOptions steady() {
    BreakerOptions options;
    options.jitter_percent = 0;
    return options;
}

struct TestedBreaker {
    explicit TestedBreaker(const BreakerOptions& options = {}, std::uint64_t seed = 1) : breaker(options, seed, 0) {}

    void well(std::uint64_t count = 1) { breaker.successes(breaker.generation(), count); }
    void strikes(int count = 1, Strike kind = Strike::error) {
        for (int i = 0; i < count; ++i) breaker.strike(breaker.generation(), 0, kind, now);
    }
    Admission admit() { return breaker.admit(now); }
    void pass(const Admission& probe) { breaker.pass(probe.generation, probe.lease, now); }
    void fail(const Admission& probe) { breaker.strike(probe.generation, probe.lease, Strike::overrun, now); }
    // The first probe of the next half-open period.
    Admission first_probe() {
        REQUIRE(breaker.state() == BreakerState::open);
        now = breaker.next_probe();
        const Admission probe = admit();
        REQUIRE(probe.allowed);
        return probe;
    }
    void recover() {
        pass(first_probe());
        pass(admit());
        REQUIRE(breaker.state() == BreakerState::closed);
    }
    bool tripped() const { return breaker.state() == BreakerState::open; }

    Breaker breaker;
    std::uint64_t now = 0;
};

}  // namespace tenon::host
