// How often a call took how long: logarithmic in the large, linear in the small, so that 9 KiB hold everything from a
// nanosecond to 18 minutes, each value at most 1/32 off.
//
// The values below 64 ns have a bucket each. From there on, each power of two has 32 buckets of the same width. What is
// 2^40 ns or more is counted in the last one.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tenon::host {

namespace buckets {

inline constexpr unsigned linear_bits = 5;  // 32 to a power of two
inline constexpr unsigned most_bits = 40;
inline constexpr std::size_t count = (most_bits - linear_bits + 1) << linear_bits;

constexpr std::size_t of(std::uint64_t ns) noexcept {
    if (ns >> linear_bits == 0) return static_cast<std::size_t>(ns);
    if (ns >> most_bits != 0) return count - 1;
    const auto shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - linear_bits;
    return (std::size_t{shift} << linear_bits) + static_cast<std::size_t>(ns >> shift);
}
// The least value of a bucket.
constexpr std::uint64_t begin(std::size_t bucket) noexcept {
    if (bucket >> linear_bits == 0) return bucket;
    const std::size_t shift = (bucket >> linear_bits) - 1;
    return static_cast<std::uint64_t>(bucket - (shift << linear_bits)) << shift;
}
// The greatest.
constexpr std::uint64_t last(std::size_t bucket) noexcept {
    return begin(bucket + 1) - 1;
}

}  // namespace buckets

// One thread records, any thread reads meanwhile: each number that it sees was there at some moment, but not all at the
// same. Nothing here is a read-modify-write operation, so that recording costs plain additions.
class Histogram {
public:
    Histogram() = default;
    Histogram(const Histogram&) = delete;
    Histogram& operator=(const Histogram&) = delete;

    // A call took so long; `weight` is how many calls it stands for.
    void record(std::uint64_t ns, std::uint64_t weight = 1) noexcept {
        if (ns > max_.load(std::memory_order_relaxed)) max_.store(ns, std::memory_order_relaxed);
        add(sum_, ns * weight);
        add(counts_[buckets::of(ns)], weight);
    }

    // For the one who records; readers see any mixture meanwhile.
    void clear() noexcept {
        for (Count& one : counts_) one.store(0, std::memory_order_relaxed);
        sum_.store(0, std::memory_order_relaxed);
        max_.store(0, std::memory_order_relaxed);
    }

private:
    friend class Distribution;
    using Count = std::atomic<std::uint64_t>;
    static void add(Count& count, std::uint64_t more) noexcept {
        count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }

    Count sum_{0};  // before the counts: on the cache line of what comes before the histogram
    Count max_{0};
    std::array<Count, buckets::count> counts_{};
};

// What histograms held at a moment, folded into one. A plain value.
class Distribution {
public:
    // Throw std::bad_alloc; an empty one has no memory.
    void add(const Histogram& histogram);
    void add(const Distribution& other);
    // Leaves what came after `earlier`, which this one, or what it was folded from, once was. Of the greatest value,
    // only its bucket is known afterwards.
    void subtract(const Distribution& earlier) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    std::uint64_t sum_ns() const noexcept { return sum_; }
    std::uint64_t max_ns() const noexcept { return max_; }
    // The value that the part `q` (0 to 1) of all does not exceed: never below the exact one, and at most 1/32 above
    // it; 0 if there is none.
    std::uint64_t quantile(double q) const noexcept;
    // How many are less than 2^bits nanoseconds, exactly; from 40 bits on, all.
    std::uint64_t below_power(unsigned bits) const noexcept;

private:
    void grow();
    void settle() noexcept;

    std::vector<std::uint64_t> counts_;  // empty, or buckets::count
    std::uint64_t count_ = 0;
    std::uint64_t sum_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace tenon::host
