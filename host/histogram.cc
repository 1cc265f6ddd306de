#include "host/histogram.h"

#include <algorithm>
#include <cmath>

namespace tenon::host {

static_assert(buckets::count == 1152);
static_assert(buckets::of((std::uint64_t{1} << buckets::most_bits) - 1) == buckets::count - 1);
static_assert(buckets::begin(buckets::of(1'000'000)) <= 1'000'000 &&
              buckets::last(buckets::of(1'000'000)) >= 1'000'000);

void Distribution::grow() {
    if (counts_.empty()) counts_.resize(buckets::count);
}

// The total from the buckets, and a maximum that fits them: they may have been read while a call was recorded.
void Distribution::settle() noexcept {
    count_ = 0;
    std::size_t highest = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        count_ += counts_[i];
        if (counts_[i] != 0) highest = i;
    }
    max_ = count_ == 0 ? 0 : std::max(max_, buckets::begin(highest));
}

void Distribution::add(const Histogram& histogram) {
    grow();
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += histogram.counts_[i].load(std::memory_order_relaxed);
    sum_ += histogram.sum_.load(std::memory_order_relaxed);
    max_ = std::max(max_, histogram.max_.load(std::memory_order_relaxed));
    settle();
}

void Distribution::add(const Distribution& other) {
    if (other.counts_.empty()) return;
    grow();
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
    settle();
}

void Distribution::subtract(const Distribution& earlier) noexcept {
    if (counts_.empty() || earlier.count_ == 0) return;
    std::size_t highest = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        counts_[i] -= std::min(counts_[i], earlier.counts_[i]);
        if (counts_[i] != 0) highest = i;
    }
    sum_ -= std::min(sum_, earlier.sum_);
    if (highest + 1 < buckets::count) max_ = std::min(max_, buckets::last(highest));
    settle();
}

std::uint64_t Distribution::quantile(double q) const noexcept {
    if (count_ == 0) return 0;
    const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
    const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
    std::uint64_t seen = 0;
    std::size_t bucket = 0;
    while (bucket + 1 < buckets::count && (seen += counts_[bucket]) < rank) ++bucket;
    return bucket + 1 == buckets::count ? max_ : std::min(max_, buckets::last(bucket));
}

std::uint64_t Distribution::below_power(unsigned bits) const noexcept {
    if (bits >= buckets::most_bits || counts_.empty()) return count_;
    const std::size_t end = buckets::of(std::uint64_t{1} << bits);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < end; ++i) below += counts_[i];
    return below;
}

}  // namespace tenon::host
