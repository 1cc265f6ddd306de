#include "sandbox/broker/stop.h"

#include <sys/eventfd.h>

#include <algorithm>

#include "base/clock.h"

namespace tenon::sandbox::broker {

Stop::Stop() noexcept : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Stop::raise() noexcept {
    if (!raised_.exchange(true, std::memory_order_acq_rel) && bell_) ::eventfd_write(bell_.get(), 1);
}

void Stop::lower() noexcept {
    eventfd_t count = 0;
    if (raised_.exchange(false, std::memory_order_acq_rel) && bell_) ::eventfd_read(bell_.get(), &count);
}

Patience Patience::at_most(std::uint64_t ns) const noexcept {
    return {std::min(until, base::monotonic_ns() + ns), stop};
}

int Patience::left_ms() const noexcept {
    constexpr std::uint64_t ms = 1'000'000;
    const std::uint64_t now = base::monotonic_ns();
    if (now >= until) return 0;
    const bool no_bell = stop != nullptr && stop->fd() < 0;
    return static_cast<int>(std::min<std::uint64_t>((until - now) / ms + 1, no_bell ? 100 : 60'000));
}

}  // namespace tenon::sandbox::broker
