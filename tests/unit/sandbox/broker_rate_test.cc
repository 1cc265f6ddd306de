#include "sandbox/broker/rate.h"

#include "tests/support/catch.h"

using tenon::sandbox::broker::Bucket;

namespace {

constexpr std::uint64_t second = 1'000'000'000, start = 5'000 * second;

}  // namespace

TEST_CASE("a bucket gives what it holds, then what flows in") {
    Bucket bucket(6);
    for (int i = 0; i < 6; ++i) CHECK(bucket.take(1, start));
    CHECK_FALSE(bucket.take(1, start));
    CHECK(bucket.wait_ns(1, start) == 10 * second);
    CHECK_FALSE(bucket.take(1, start + 10 * second - 1));
    CHECK(bucket.take(1, start + 10 * second));
    CHECK_FALSE(bucket.take(1, start + 10 * second));
    CHECK(bucket.take(6, start + 1000 * second));
    CHECK_FALSE(bucket.take(1, start + 1000 * second));
}

TEST_CASE("what was used already is a debt that is paid before anything is given") {
    Bucket bucket(60);
    bucket.charge(120, start);
    CHECK_FALSE(bucket.take(1, start + 60 * second));
    CHECK(bucket.take(1, start + 61 * second));
    bucket.charge(~std::uint64_t{0}, start);
    CHECK_FALSE(bucket.take(1, start + 3000 * second));
    CHECK(bucket.take(1, start + 3601 * second));
}

TEST_CASE("more than a bucket holds is never given, and a bucket without a limit gives all") {
    Bucket bucket(10);
    CHECK_FALSE(bucket.take(11, start));
    CHECK_FALSE(bucket.take(~std::uint64_t{0}, start));
    CHECK(bucket.take(10, start));
    Bucket open(0);
    CHECK(open.take(~std::uint64_t{0}, start));
    open.charge(~std::uint64_t{0}, start);
    CHECK(open.wait_ns(1, start) == 0);
}

TEST_CASE("a bucket that does not divide the minute gives all that it holds") {
    Bucket bucket(7);
    for (int i = 0; i < 7; ++i) CHECK(bucket.take(1, start));
    CHECK_FALSE(bucket.take(1, start));
}
