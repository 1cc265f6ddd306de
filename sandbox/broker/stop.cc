#include "sandbox/broker/stop.h"

#include <algorithm>

#include "base/clock.h"

namespace tenon::sandbox::broker {

Patience Patience::at_most(std::uint64_t ns) const noexcept {
    return {std::min(until, base::monotonic_ns() + ns), stop};
}

int Patience::left_ms() const noexcept {
    constexpr std::uint64_t ms = 1'000'000;
    const std::uint64_t now = base::monotonic_ns();
    if (now >= until) return 0;
    return static_cast<int>(std::min<std::uint64_t>((until - now) / ms + 1, 60'000));
}

int Patience::wait_ms() const noexcept {
    constexpr int look_every_ms = 20;
    return stop != nullptr ? std::min(left_ms(), look_every_ms) : left_ms();
}

}  // namespace tenon::sandbox::broker
