// When to spin for an answer instead of parking. Spinning answers in a fraction of a microsecond, but takes a CPU: the
// other side must run on another one, there must be one to spare, and it must have paid lately.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tenon::sandbox {

// How long a side spins for the next frame while the other side is awake, and how much longer at most while the other
// side is still being woken: on a virtual machine whose CPU slept that takes 30 us and more, and a side that gave up
// before would have to be woken itself, so that two sides that once parked would park for ever after.
inline constexpr std::uint64_t spin_ns = 20'000;
inline constexpr std::uint64_t waking_ns = 60'000;

// Tells the CPU that this is a spinning loop.
inline void relax() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb");
#endif
}

// The CPUs that the calling thread may run on; at least 1.
unsigned usable_cpus() noexcept;

// Moves the calling thread to another CPU of those that it may run on, if there is one.
void leave_cpu(unsigned cpu) noexcept;

// Learns whether spinning pays: each time that it did not, twice as many waits go by without spinning.
class SpinHabit {
public:
    // Asked once a wait.
    bool willing() noexcept {
        if (pass_ == 0) return true;
        --pass_;
        return false;
    }
    void won() noexcept { passes_ /= 2; }
    void lost() noexcept { pass_ = passes_ = std::min(2 * passes_ + 1, 63u); }

private:
    unsigned passes_ = 0;
    unsigned pass_ = 0;
};

// Which lanes of a process may spin: never more at once than there are CPUs to spare. A lane of which one side spins
// holds a slot. Nobody gives a slot back: it is free when its time is over, whatever became of the lane. All functions
// may be called on any thread.
class SpinPool {
public:
    // With one CPU nobody spins.
    explicit SpinPool(unsigned cpus = usable_cpus()) : slots_(cpus > 1 ? cpus - 1 : 0) {}

    // A lane's hold on a slot, kept by the lane.
    struct Lease {
        std::size_t slot = 0;
        std::uint64_t until_ns = 0;
    };

    // Whether one side of the lane may spin from now on (CLOCK_MONOTONIC): the host for its answer, and if
    // that comes in time, the worker for what follows.
    bool renew(Lease& lease, std::uint64_t now_ns) noexcept;

private:
    struct alignas(64) Slot {
        std::atomic<std::uint64_t> until_ns{0};
    };
    std::vector<Slot> slots_;
};

}  // namespace tenon::sandbox
