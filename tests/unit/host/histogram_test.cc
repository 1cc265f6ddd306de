#include "host/histogram.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

using namespace tenon::host;

namespace {

Distribution folded(const Histogram& histogram) {
    Distribution out;
    out.add(histogram);
    return out;
}

std::uint64_t exact_quantile(const std::vector<std::uint64_t>& sorted, double q) {
    const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

constexpr double quantiles[] = {0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1};

}  // namespace

TEST_CASE("buckets follow each other without a gap, none wider than 1/32 of what it holds") {
    for (std::size_t i = 0; i < buckets::count; ++i) {
        const std::uint64_t begin = buckets::begin(i), last = buckets::last(i);
        REQUIRE(buckets::of(begin) == i);
        REQUIRE(buckets::of(last) == i);
        REQUIRE(buckets::begin(i + 1) == last + 1);
        REQUIRE((last - begin) * 32 <= begin);
    }
    CHECK(buckets::begin(buckets::count) == std::uint64_t{1} << 40);
}

TEST_CASE("nothing was recorded: everything is 0") {
    const Histogram histogram;
    const Distribution none = folded(histogram);
    for (const Distribution& empty : {none, Distribution()}) {
        CHECK(empty.count() == 0);
        CHECK(empty.sum_ns() == 0);
        CHECK(empty.max_ns() == 0);
        CHECK(empty.quantile(0.5) == 0);
        CHECK(empty.below_power(40) == 0);
        CHECK(empty.below_power(10) == 0);
    }
}

TEST_CASE("quantiles are never below the exact ones and at most 1/32 above them") {
    std::mt19937_64 random(20240613);
    for (int round = 0; round < 40; ++round) {
        Histogram histogram;
        std::vector<std::uint64_t> values(1 + random() % 2000);
        std::uint64_t sum = 0;
        const unsigned bits = 1 + static_cast<unsigned>(random() % 40);
        for (std::uint64_t& value : values) {
            value = random() >> (64 - bits) >> (random() % bits);
            sum += value;
            histogram.record(value);
        }
        std::sort(values.begin(), values.end());
        const Distribution all = folded(histogram);
        REQUIRE(all.count() == values.size());
        REQUIRE(all.sum_ns() == sum);
        REQUIRE(all.max_ns() == values.back());
        for (const double q : quantiles) {
            const std::uint64_t exact = exact_quantile(values, q);
            REQUIRE(all.quantile(q) >= exact);
            REQUIRE((all.quantile(q) - exact) * 32 <= exact);
        }
        for (unsigned power = 0; power <= 40; ++power) {
            const auto below = std::count_if(values.begin(), values.end(), [&](auto v) { return v >> power == 0; });
            REQUIRE(all.below_power(power) == static_cast<std::uint64_t>(below));
        }
    }
}

TEST_CASE("calls beyond 18 minutes are counted in the last bucket, and the longest is kept") {
    Histogram histogram;
    histogram.record(1000);
    histogram.record(std::uint64_t{1} << 40);
    histogram.record(std::uint64_t{1} << 50);
    const Distribution all = folded(histogram);
    CHECK(all.count() == 3);
    CHECK(all.max_ns() == std::uint64_t{1} << 50);
    CHECK(all.quantile(1) == std::uint64_t{1} << 50);
    CHECK(all.below_power(39) == 1);
    CHECK(all.below_power(41) == 3);
    histogram.record(std::numeric_limits<std::uint64_t>::max());
    CHECK(folded(histogram).max_ns() == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("a call with a weight stands for that many") {
    Histogram histogram;
    histogram.record(10, 64);
    histogram.record(20);
    const Distribution all = folded(histogram);
    CHECK(all.count() == 65);
    CHECK(all.sum_ns() == 660);
    CHECK(all.quantile(0.98) == 10);
    CHECK(all.quantile(0.99) == 20);
}

TEST_CASE("several threads' histograms fold into what one would have had") {
    std::mt19937_64 random(7);
    Histogram one, first, second;
    for (int i = 0; i < 5000; ++i) {
        const std::uint64_t value = random() % 3'000'000;
        one.record(value);
        (i % 3 == 0 ? first : second).record(value);
    }
    Distribution both = folded(first);
    both.add(folded(second));
    both.add(Distribution());
    const Distribution single = folded(one);
    CHECK(both.count() == single.count());
    CHECK(both.sum_ns() == single.sum_ns());
    CHECK(both.max_ns() == single.max_ns());
    for (const double q : quantiles) CHECK(both.quantile(q) == single.quantile(q));
}

TEST_CASE("what was there before is taken away again") {
    Histogram histogram;
    histogram.record(1'000'000);
    histogram.record(50);
    const Distribution before = folded(histogram);
    Distribution nothing = folded(histogram);
    nothing.subtract(before);
    CHECK(nothing.count() == 0);
    CHECK(nothing.sum_ns() == 0);
    CHECK(nothing.max_ns() == 0);
    histogram.record(60);
    histogram.record(2000);
    Distribution since = folded(histogram);
    since.subtract(before);
    CHECK(since.count() == 2);
    CHECK(since.sum_ns() == 2060);
    CHECK(since.quantile(0.5) == 60);
    CHECK(since.max_ns() >= 2000);
    CHECK(since.max_ns() <= 2000 + 2000 / 32);
    since.subtract(Distribution());
    CHECK(since.count() == 2);
}

TEST_CASE("a reader sees no more than was recorded, and never less than it saw before") {
    const auto histogram = std::make_unique<Histogram>();
    std::atomic<std::uint64_t> recorded{0};
    std::atomic<bool> enough{false};
    std::thread writer([&] {
        while (!enough) {
            histogram->record(1 + recorded % 1'000'000);
            ++recorded;
        }
    });
    std::uint64_t seen = 0, wrong = 0;
    for (int reads = 0; reads < 200 || seen == 0; ++reads) {
        const Distribution now = folded(*histogram);
        wrong += now.count() < seen || now.count() > recorded + 1 || now.max_ns() > 1'000'000 ? 1 : 0;
        wrong += now.quantile(0.5) > now.quantile(0.99) || now.quantile(1) > now.max_ns() ? 1 : 0;
        seen = now.count();
    }
    enough = true;
    writer.join();
    CHECK(wrong == 0);
    CHECK(folded(*histogram).count() == recorded);
}
