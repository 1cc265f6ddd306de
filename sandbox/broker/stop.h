// How long a request may take of the thread that it blocks.
#pragma once

#include <atomic>
#include <cstdint>

namespace tenon::sandbox::broker {

// Nanoseconds of CLOCK_MONOTONIC.
using Deadline = std::uint64_t;
inline constexpr Deadline no_deadline = UINT64_MAX;
inline constexpr std::uint64_t second_ns = 1'000'000'000;

// Ends what goes on for somebody who leaves, and all that would begin for him. Any thread; lower() while nobody waits.
// Who waits looks from time to time: a descriptor to be woken by would be one more for each plugin, and most never ask.
class Stop {
public:
    Stop() = default;
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    void raise() noexcept { raised_.store(true, std::memory_order_release); }
    void lower() noexcept { raised_.store(false, std::memory_order_release); }
    bool raised() const noexcept { return raised_.load(std::memory_order_acquire); }

private:
    std::atomic<bool> raised_{false};
};

// Of one request. What `stop` points at outlives it.
struct Patience {
    Deadline until = no_deadline;
    const Stop* stop = nullptr;

    bool stopped() const noexcept { return stop != nullptr && stop->raised(); }
    // At most so long from now.
    Patience at_most(std::uint64_t ns) const noexcept;
    // Milliseconds until the deadline, rounded up; 0: it has passed.
    int left_ms() const noexcept;
    // For poll: until then, or until one should look whether it has been stopped.
    int wait_ms() const noexcept;
};

}  // namespace tenon::sandbox::broker
