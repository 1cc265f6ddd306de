// The host's pulse: a counter that the watchdog moves, so that handlers can be timed roughly without reading a clock.
#pragma once

#include <atomic>
#include <cstdint>

namespace tenon::host {

// Counts wake-ups of the watchdog, not time: while the process or the watchdog stands still, nobody is charged.
struct alignas(64) Ticks {
    std::atomic<std::uint32_t> now{0};  // modulo 2^31
    std::uint64_t period_ns = 1'000'000;

    std::uint32_t load() const noexcept { return now.load(std::memory_order_relaxed); }
    static std::uint32_t between(std::uint32_t from, std::uint32_t to) noexcept { return (to - from) & 0x7fffffffu; }
    // The time that they can have taken, were the watchdog never late.
    std::uint64_t at_most_ns(std::uint32_t ticks) const noexcept { return (std::uint64_t{ticks} + 1) * period_ns; }
    // The least time that calls can have taken over which the counter moved so far.
    std::uint64_t at_least_ns(std::uint32_t ticks) const noexcept { return ticks < 2 ? 0 : (ticks - 1) * period_ns; }
};

}  // namespace tenon::host
