// What opens a breaker, and for how long. breaker_sequences_test.cc tries what happens in which order.
#include <algorithm>
#include <vector>

#include "tests/unit/host/breaker_fixture.h"

using namespace tenon::host;

TEST_CASE("a closed breaker lets every call through without being asked") {
    TestedBreaker tested;
    CHECK(tested.breaker.state() == BreakerState::closed);
    CHECK_FALSE(tested.breaker.skips());
    CHECK(tested.breaker.reason().empty());
    CHECK(tested.breaker.next_probe() == 0);
    const Admission call = tested.admit();
    CHECK(call.allowed);
    CHECK(call.lease == 0);
    CHECK(call.generation == tested.breaker.generation());
}

TEST_CASE("five strikes in a row trip it, whatever kind they are of; four do not") {
    TestedBreaker tested;
    tested.strikes(2, Strike::overrun);
    tested.strikes(1, Strike::exception);
    tested.strikes(1, Strike::error);
    CHECK_FALSE(tested.tripped());
    tested.now = 7;
    tested.strikes();
    CHECK(tested.tripped());
    CHECK(tested.breaker.skips());
    CHECK(tested.breaker.reason() == "5 strikes in a row");
    CHECK(tested.breaker.since() == 7);
    CHECK(tested.breaker.trips() == 1);
}

TEST_CASE("one call that goes well ends a row of strikes") {
    TestedBreaker tested;
    tested.strikes(4);
    tested.well();
    tested.strikes(4);
    CHECK_FALSE(tested.tripped());
    tested.strikes();
    CHECK(tested.tripped());
}

TEST_CASE("half of the results trip it as soon as there are sixteen") {
    TestedBreaker tested;
    for (int i = 0; i < 7; ++i) {
        tested.strikes();
        tested.well();
    }
    tested.well();
    CHECK_FALSE(tested.tripped());  // 7 of 15
    tested.strikes();
    CHECK(tested.tripped());
    CHECK(tested.breaker.reason() == "8 of the last 16 calls were strikes");
}

TEST_CASE("fifteen results are too few to judge, and less than half is not enough") {
    TestedBreaker tested;
    for (int i = 0; i < 4; ++i) {
        tested.strikes(3);
        tested.well();
    }
    CHECK(tested.breaker.trips() == 0);  // 12 of 16, but the last was no strike
    tested.strikes();
    CHECK(tested.breaker.reason() == "13 of the last 17 calls were strikes");

    TestedBreaker fewer;
    fewer.well(9);
    for (int i = 0; i < 100; ++i) {
        fewer.strikes(4);
        fewer.well(5);
    }
    CHECK_FALSE(fewer.tripped());  // 4 of 9
}

TEST_CASE("the last 128 results count, whatever was before them") {
    TestedBreaker tested;
    tested.well(UINT64_MAX);
    for (int i = 0; i < 63; ++i) {
        tested.strikes();
        tested.well();
    }
    CHECK_FALSE(tested.tripped());
    tested.strikes();
    CHECK(tested.breaker.reason() == "64 of the last 128 calls were strikes");
}

TEST_CASE("any number of calls that go well is at most a window of them") {
    TestedBreaker tested;
    for (int i = 0; i < 3; ++i) {
        tested.strikes(4);
        tested.well(1'000'000'000'000);
    }
    CHECK_FALSE(tested.tripped());
    tested.strikes(4);
    CHECK_FALSE(tested.tripped());
}

TEST_CASE("a call that is stuck and a crash trip it at once") {
    TestedBreaker stuck;
    stuck.well(1000);
    stuck.strikes(1, Strike::stuck);
    CHECK(stuck.tripped());
    CHECK(stuck.breaker.reason() == "a call ran past 10 times its hard budget");
    TestedBreaker crashed;
    crashed.strikes(1, Strike::crash);
    CHECK(crashed.tripped());
    CHECK(crashed.breaker.reason() == "a call crashed");
}

TEST_CASE("it stays open for 5 s and twice as long at each further trip, up to 5 min") {
    TestedBreaker tested(steady());
    tested.strikes(5);
    std::vector<std::uint64_t> seconds;
    for (int i = 0; i < 9; ++i) {
        seconds.push_back((tested.breaker.next_probe() - tested.now) / second);
        tested.now = tested.breaker.next_probe() - 1;
        CHECK_FALSE(tested.admit().allowed);
        const Admission probe = tested.first_probe();
        tested.breaker.strike(probe.generation, probe.lease, Strike::stuck, tested.now);
    }
    CHECK(seconds == std::vector<std::uint64_t>{5, 10, 20, 40, 80, 160, 300, 300, 300});
    CHECK(tested.breaker.trips() == 10);
}

TEST_CASE("the time it stays open varies by a fifth, so that breakers do not probe in step") {
    std::vector<std::uint64_t> times;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        TestedBreaker tested({}, seed);
        tested.strikes(5);
        times.push_back(tested.breaker.next_probe());
    }
    std::sort(times.begin(), times.end());
    CHECK(times.front() >= 4 * second);
    CHECK(times.front() < 4 * second + second / 20);
    CHECK(times[500] > 5 * second - second / 10);
    CHECK(times[500] < 5 * second + second / 10);
    CHECK(times.back() > 6 * second - second / 20);
    CHECK(times.back() <= 6 * second);
    CHECK(std::adjacent_find(times.begin(), times.end()) == times.end());
}

TEST_CASE("the same seed gives the same times") {
    TestedBreaker one({}, 42);
    TestedBreaker other({}, 42);
    one.strikes(5);
    other.strikes(5);
    CHECK(one.breaker.next_probe() == other.breaker.next_probe());
}

TEST_CASE("ten minutes closed take the back-off back; a moment less does not") {
    for (const std::uint64_t less : {0u, 1u}) {
        TestedBreaker tested(steady());
        tested.strikes(5);
        tested.recover();
        tested.now += 10 * minute - less;
        tested.strikes(5);
        CHECK(tested.breaker.next_probe() - tested.now == (less == 0 ? 5 : 10) * second);
    }
}
