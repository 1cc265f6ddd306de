// The level of the bucket is kept as the time at which it is full: one number, which nothing has to refresh.
#include "sandbox/broker/rate.h"

#include <algorithm>

namespace tenon::sandbox::broker {

namespace {

constexpr std::uint64_t minute_ns = 60'000'000'000;
constexpr std::uint64_t most_debt_ns = 60 * minute_ns;

}  // namespace

// The time in which the amount flows in, at most the largest debt. Rounded down: a full bucket gives all it holds.
std::uint64_t Bucket::cost_ns(std::uint64_t amount) const noexcept {
    __extension__ typedef unsigned __int128 Wide;
    const Wide cost = static_cast<Wide>(amount) * minute_ns / per_minute_;
    return cost > most_debt_ns ? most_debt_ns : static_cast<std::uint64_t>(cost);
}

bool Bucket::take(std::uint64_t amount, std::uint64_t now_ns) noexcept {
    if (per_minute_ == 0) return true;
    const std::lock_guard<std::mutex> guard(lock_);
    const std::uint64_t full = std::max(full_at_ns_, now_ns) + cost_ns(amount);
    if (amount > per_minute_ || full - now_ns > minute_ns) return false;
    full_at_ns_ = full;
    return true;
}

void Bucket::charge(std::uint64_t amount, std::uint64_t now_ns) noexcept {
    if (per_minute_ == 0) return;
    const std::lock_guard<std::mutex> guard(lock_);
    full_at_ns_ = std::min(std::max(full_at_ns_, now_ns) + cost_ns(amount), now_ns + most_debt_ns);
}

std::uint64_t Bucket::wait_ns(std::uint64_t amount, std::uint64_t now_ns) const noexcept {
    if (per_minute_ == 0) return 0;
    const std::lock_guard<std::mutex> guard(lock_);
    const std::uint64_t full = std::max(full_at_ns_, now_ns) + cost_ns(std::min(amount, per_minute_));
    return full - now_ns > minute_ns ? full - now_ns - minute_ns : 0;
}

}  // namespace tenon::sandbox::broker
