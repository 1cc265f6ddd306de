// How an open breaker closes again.
#include "tests/unit/host/breaker_fixture.h"

using namespace tenon::host;

TEST_CASE("three probes are let through when the time has come, and no fourth") {
    TestedBreaker tested;
    tested.strikes(5);
    const std::uint64_t before = tested.breaker.generation();
    const Admission one = tested.first_probe();
    CHECK(tested.breaker.state() == BreakerState::half_open);
    CHECK(tested.breaker.reason() == "5 strikes in a row");
    CHECK(tested.breaker.since() == tested.now);
    CHECK(one.generation > before);
    const Admission two = tested.admit();
    const Admission three = tested.admit();
    CHECK(two.allowed);
    CHECK(three.allowed);
    CHECK(one.lease != two.lease);
    CHECK(two.lease != three.lease);
    CHECK_FALSE(tested.admit().allowed);
    CHECK(tested.breaker.skips());
}

TEST_CASE("two probes that pass close it with an empty window") {
    TestedBreaker tested;
    tested.strikes(5);
    const Admission one = tested.first_probe();
    const Admission two = tested.admit();
    tested.fail(tested.admit());
    tested.pass(two);
    CHECK(tested.breaker.state() == BreakerState::half_open);
    tested.pass(one);
    CHECK(tested.breaker.state() == BreakerState::closed);
    CHECK(tested.breaker.reason().empty());
    tested.strikes(4);
    CHECK_FALSE(tested.tripped());
}

TEST_CASE("two probes that fail open it again") {
    TestedBreaker tested;
    tested.strikes(5);
    const Admission one = tested.first_probe();
    const Admission two = tested.admit();
    const Admission three = tested.admit();
    tested.pass(one);
    tested.fail(two);
    CHECK(tested.breaker.state() == BreakerState::half_open);
    tested.fail(three);
    CHECK(tested.tripped());
    CHECK(tested.breaker.reason() == "2 of 3 probes failed");
    CHECK(tested.breaker.trips() == 2);
}

TEST_CASE("a probe that is stuck opens it again at once") {
    TestedBreaker tested;
    tested.strikes(5);
    const Admission probe = tested.first_probe();
    tested.breaker.strike(probe.generation, probe.lease, Strike::stuck, tested.now);
    CHECK(tested.tripped());
    CHECK(tested.breaker.reason() == "a call ran past 10 times its hard budget");
}

TEST_CASE("a lease that is released may be given again") {
    TestedBreaker tested;
    tested.strikes(5);
    Admission probe = tested.first_probe();
    tested.admit();
    tested.admit();
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(tested.admit().allowed);
        tested.breaker.release(probe.generation, probe.lease, tested.now);
        probe = tested.admit();
        CHECK(probe.allowed);
    }
}

TEST_CASE("a result is taken once") {
    TestedBreaker tested;
    tested.strikes(5);
    const Admission probe = tested.first_probe();
    tested.pass(probe);
    tested.pass(probe);
    tested.fail(probe);
    tested.fail(probe);
    tested.breaker.release(probe.generation, probe.lease, tested.now);
    CHECK(tested.breaker.state() == BreakerState::half_open);
    CHECK(tested.admit().allowed);
    CHECK(tested.admit().allowed);
    CHECK_FALSE(tested.admit().allowed);
}

TEST_CASE("a lease that does not come back for 5 s is a failed probe") {
    TestedBreaker tested;
    tested.strikes(5);
    const Admission lost = tested.first_probe();
    tested.now += 5 * second - 1;
    tested.pass(tested.admit());
    CHECK(tested.breaker.state() == BreakerState::half_open);
    tested.now += 1;
    tested.pass(lost);  // too late: it has failed
    CHECK(tested.breaker.state() == BreakerState::half_open);
    CHECK(tested.admit().allowed);
    CHECK_FALSE(tested.admit().allowed);
    tested.now += 5 * second;
    CHECK_FALSE(tested.admit().allowed);
    CHECK(tested.tripped());
    CHECK(tested.breaker.reason() == "2 of 3 probes failed");
}

TEST_CASE("what began before the breaker changed means nothing after it") {
    TestedBreaker tested;
    const std::uint64_t old = tested.breaker.generation();
    tested.strikes(5);
    const Admission probe = tested.first_probe();
    tested.pass(tested.admit());
    tested.pass(tested.admit());
    REQUIRE(tested.breaker.state() == BreakerState::closed);
    for (int i = 0; i < 100; ++i) {
        tested.breaker.strike(old, 0, Strike::error, tested.now);
        tested.breaker.strike(old, 0, Strike::stuck, tested.now);
        tested.fail(probe);
    }
    CHECK(tested.breaker.state() == BreakerState::closed);
    tested.strikes(4);
    tested.breaker.successes(old, 1000);
    tested.strikes();
    CHECK(tested.breaker.reason() == "5 strikes in a row");
}
