// What an operator's file says of breakers is what the breakers do.
#include "host/breaker_numbers.h"
#include "tests/support/catch.h"

using namespace tenon::host;
using tenon::manifest::BreakerWord;
using tenon::manifest::OperatorBreaker;

namespace {

void check_same(const BreakerOptions& options, const OperatorBreaker& numbers) {
    CHECK(options.window == numbers.window);
    CHECK(options.minimum == numbers.minimum);
    CHECK(options.percent == numbers.percent);
    CHECK(options.in_a_row == numbers.in_a_row);
    CHECK(options.open_ns == numbers.open_ns);
    CHECK(options.max_open_ns == numbers.max_open_ns);
    CHECK(options.jitter_percent == numbers.jitter_percent);
    CHECK(options.healthy_ns == numbers.healthy_ns);
    CHECK(options.probes == numbers.probes);
    CHECK(options.must_pass == numbers.must_pass);
}

}  // namespace

TEST_CASE("an operator's file that states no number of breakers leaves them as they are") {
    check_same(BreakerOptions(), OperatorBreaker());
}

TEST_CASE("each number of an operator's file becomes that number of the breakers") {
    const OperatorBreaker numbers{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    check_same(breaker_options(numbers), numbers);
}

TEST_CASE("an operator's words are states of a breaker") {
    CHECK(breaker_state(BreakerWord::automatic) == BreakerState::closed);
    CHECK(breaker_state(BreakerWord::closed) == BreakerState::forced_closed);
    CHECK(breaker_state(BreakerWord::open) == BreakerState::forced_open);
    CHECK(breaker_state(BreakerWord::metrics) == BreakerState::metrics_only);
}
