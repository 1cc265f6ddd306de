// Calls that hold a breaker, and what an operator may say.
#include "tests/unit/host/breaker_fixture.h"

using namespace tenon::host;

TEST_CASE("a call that is running past its hard budget holds the breaker open until it returns") {
    TestedBreaker tested;
    tested.now = 3;
    const std::uint64_t generation = tested.breaker.generation();
    CHECK(tested.breaker.hold(tested.now));
    CHECK(tested.tripped());
    CHECK(tested.breaker.skips());
    CHECK(tested.breaker.reason() == "a call is running past its hard budget");
    CHECK(tested.breaker.since() == 3);
    CHECK(tested.breaker.next_probe() == 0);
    CHECK(tested.breaker.trips() == 0);
    CHECK_FALSE(tested.admit().allowed);
    tested.now = 100 * minute;
    CHECK_FALSE(tested.admit().allowed);
    CHECK_FALSE(tested.breaker.hold(tested.now));
    CHECK(tested.breaker.reason() == "2 calls are running past their hard budget");
    CHECK(tested.breaker.since() == 3);
    CHECK_FALSE(tested.breaker.unhold());
    CHECK(tested.breaker.reason() == "a call is running past its hard budget");
    CHECK_FALSE(tested.admit().allowed);
    CHECK(tested.breaker.unhold());
    CHECK(tested.breaker.generation() == generation);
    CHECK(tested.breaker.state() == BreakerState::closed);
    CHECK(tested.breaker.since() == 0);
    CHECK(tested.admit().allowed);
    CHECK_FALSE(tested.breaker.unhold());
}

TEST_CASE("the strikes of calls that held the breaker count when they return") {
    TestedBreaker tested;
    for (int i = 0; i < 5; ++i) tested.breaker.hold(tested.now);
    for (int i = 0; i < 5; ++i) {
        tested.strikes(1, Strike::overrun);
        tested.breaker.unhold();
    }
    CHECK(tested.tripped());
    CHECK(tested.breaker.reason() == "5 strikes in a row");
}

TEST_CASE("nothing is probed while a call is still stuck") {
    TestedBreaker tested;
    tested.breaker.hold(tested.now);
    tested.strikes(1, Strike::stuck);
    CHECK(tested.breaker.reason() == "a call ran past 10 times its hard budget");
    tested.now = tested.breaker.next_probe();
    CHECK_FALSE(tested.admit().allowed);
    tested.breaker.unhold();
    CHECK(tested.admit().allowed);
    CHECK(tested.breaker.state() == BreakerState::half_open);
    tested.breaker.hold(tested.now);
    CHECK(tested.tripped());
    CHECK(tested.breaker.reason() == "a call is running past its hard budget");
    CHECK_FALSE(tested.admit().allowed);
    tested.breaker.unhold();
    CHECK(tested.breaker.reason() == "a call ran past 10 times its hard budget");
    CHECK(tested.admit().allowed);
}

TEST_CASE("a breaker that is forced open lets nothing through, and one that is forced closed everything") {
    TestedBreaker tested;
    tested.breaker.force_open(1);
    CHECK(tested.breaker.state() == BreakerState::forced_open);
    CHECK(tested.breaker.skips());
    CHECK(tested.breaker.reason() == "forced open");
    CHECK(tested.breaker.next_probe() == 0);
    tested.now = 1000 * minute;
    CHECK_FALSE(tested.admit().allowed);

    tested.breaker.force_closed(tested.now);
    CHECK(tested.breaker.state() == BreakerState::forced_closed);
    CHECK(tested.breaker.reason() == "forced closed");
    tested.strikes(1000);
    tested.strikes(1, Strike::crash);
    tested.breaker.hold(tested.now);
    CHECK_FALSE(tested.breaker.skips());
    CHECK(tested.admit().allowed);
    CHECK(tested.breaker.state() == BreakerState::forced_closed);
}

TEST_CASE("metrics only is called and never trips") {
    TestedBreaker tested;
    tested.breaker.metrics_only(0);
    CHECK(tested.breaker.state() == BreakerState::metrics_only);
    CHECK(tested.breaker.reason() == "metrics only");
    tested.strikes(1000);
    tested.strikes(1, Strike::stuck);
    CHECK_FALSE(tested.breaker.skips());
    CHECK(tested.breaker.trips() == 0);
}

TEST_CASE("forcing what is forced already changes nothing, not even since") {
    TestedBreaker tested;
    tested.breaker.force_open(1);
    const std::uint64_t generation = tested.breaker.generation();
    tested.breaker.force_open(2);
    CHECK(tested.breaker.generation() == generation);
    CHECK(tested.breaker.since() == 1);
}

TEST_CASE("reset begins anew, without window and back-off; trips are still counted") {
    TestedBreaker tested(steady());
    for (int i = 0; i < 3; ++i) {
        tested.strikes(5);
        tested.breaker.reset(tested.now);
        CHECK(tested.breaker.state() == BreakerState::closed);
        CHECK(tested.breaker.reason().empty());
    }
    const std::uint64_t generation = tested.breaker.generation();
    tested.strikes(4);
    tested.breaker.reset(tested.now);
    CHECK(tested.breaker.generation() > generation);
    tested.strikes(4);
    CHECK_FALSE(tested.tripped());
    tested.strikes();
    CHECK(tested.breaker.next_probe() == tested.now + 5 * second);
    CHECK(tested.breaker.trips() == 4);
}

TEST_CASE("other numbers are obeyed") {
    BreakerOptions options{10, 4, 75, 100, 7 * second, 9 * second, 0, 1000 * minute, 1, 1};
    TestedBreaker tested(options);
    tested.well();
    tested.strikes(2);
    CHECK_FALSE(tested.tripped());
    tested.strikes();
    CHECK(tested.breaker.reason() == "3 of the last 4 calls were strikes");
    CHECK(tested.breaker.next_probe() == 7 * second);
    tested.fail(tested.first_probe());
    CHECK(tested.breaker.reason() == "1 of 1 probes failed");
    CHECK(tested.breaker.next_probe() == tested.now + 9 * second);
    tested.pass(tested.first_probe());
    CHECK(tested.breaker.state() == BreakerState::closed);
}

TEST_CASE("numbers that cannot be are brought to the nearest that can") {
    BreakerOptions least{0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    TestedBreaker tested(least);
    tested.strikes();
    CHECK(tested.breaker.reason() == "1 strike in a row");
    tested.pass(tested.first_probe());
    CHECK(tested.breaker.state() == BreakerState::closed);

    constexpr std::uint32_t many = UINT32_MAX;
    BreakerOptions most{many, many, many, many, UINT64_MAX, UINT64_MAX, many, UINT64_MAX, many, many};
    TestedBreaker largest(most);
    largest.strikes(1023);
    CHECK_FALSE(largest.tripped());
    largest.strikes();
    CHECK(largest.breaker.reason() == "1024 of the last 1024 calls were strikes");
    const Admission probe = largest.first_probe();
    for (int i = 1; i < 16; ++i) largest.pass(largest.admit());
    CHECK(largest.breaker.state() == BreakerState::half_open);
    largest.pass(probe);
    CHECK(largest.breaker.state() == BreakerState::closed);
    largest.now = UINT64_MAX - 1;
    largest.strikes(1, Strike::stuck);
    CHECK(largest.breaker.next_probe() == UINT64_MAX);
}
