// How long a request may take of the thread that it blocks.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/fd.h"

namespace tenon::sandbox::broker {

// Nanoseconds of CLOCK_MONOTONIC.
using Deadline = std::uint64_t;
inline constexpr Deadline no_deadline = UINT64_MAX;
inline constexpr std::uint64_t second_ns = 1'000'000'000;

// Ends what goes on for somebody who leaves, and all that would begin for him. Any thread; lower() while nobody waits.
class Stop {
public:
    Stop() noexcept;
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    void raise() noexcept;
    void lower() noexcept;
    bool raised() const noexcept { return raised_.load(std::memory_order_acquire); }
    // Can be read once it is raised; -1: the host had none left, so one has to look from time to time.
    int fd() const noexcept { return bell_.get(); }

private:
    std::atomic<bool> raised_{false};
    base::Fd bell_;
};

// Of one request. What `stop` points at outlives it.
struct Patience {
    Deadline until = no_deadline;
    const Stop* stop = nullptr;

    bool stopped() const noexcept { return stop != nullptr && stop->raised(); }
    // At most so long from now.
    Patience at_most(std::uint64_t ns) const noexcept;
    // For poll: milliseconds until the deadline, rounded up, or until one should look again; 0: it has passed.
    int left_ms() const noexcept;
};

}  // namespace tenon::sandbox::broker
