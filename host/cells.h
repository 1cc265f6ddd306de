// Counts and times of handlers, of one thread: a single writer, so that counting costs a plain addition. Readers fold
// those of all threads (stats.cc, monitor.cc).
//
// Every handler of the process has an index of its own while it is registered. Where an index is used again, counts go
// on from where the last handler stopped (who reads subtracts what was there at the beginning), times begin anew: their
// tag says whose they are.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "host/histogram.h"

namespace tenon::host {

// Which handler; the tag is never used again.
struct Number {
    std::uint32_t index = 0;
    std::uint64_t tag = 0;
};

// Of the calls that were timed. `weight`: how many calls each of them stands for.
struct Timing {
    std::atomic<std::uint64_t> tag{0};
    std::uint64_t recent_ns = 0;  // for the owner: a moving average of self time
    std::atomic<std::uint64_t> timed{0};
    std::atomic<std::uint64_t> total_ns{0};  // weighted
    Histogram self;                          // weighted
};

// The owner grows and writes; any thread reads. What was read stays valid as long as the Cells.
class Cells {
public:
    Cells() = default;
    Cells(const Cells&) = delete;
    Cells& operator=(const Cells&) = delete;

    // For the owner: the counts, with room for at least `limit`; nullptr without memory. Never allocates when warm.
    std::atomic<std::uint64_t>* counts(std::uint32_t limit) noexcept {
        return __builtin_expect(limit <= capacity_, 1) ? calls_ : grow(limit);
    }
    // The same in two steps, where running out of room is somebody else's business.
    bool has_room(std::uint32_t limit) const noexcept { return limit <= capacity_; }
    std::atomic<std::uint64_t>* counts_at_hand() const noexcept { return calls_; }
    // For the owner: adds a timed call. Allocates for the first one of a handler; without memory it is not recorded.
    // A sum of bits: timed_slow when the handler's calls have been slow of late, more than 1 us on average; timed_first
    // when the times had to be begun, which takes long.
    static constexpr std::uint32_t timed_slow = 1, timed_first = 2;
    std::uint32_t time(const Number& handler, std::uint64_t self_ns, std::uint64_t total_ns,
                       std::uint64_t weight) noexcept {
        Timing* timing = timings_at_hand_[handler.index].load(std::memory_order_relaxed);
        if (__builtin_expect(timing == nullptr || timing->tag.load(std::memory_order_relaxed) != handler.tag, 0))
            return time_first(handler, self_ns, total_ns, weight);
        return record(*timing, self_ns, total_ns, weight);
    }

    // For any thread.
    std::uint64_t calls(std::uint32_t index) const noexcept;
    const Timing* timing(const Number& handler) const noexcept;  // nullptr: none yet

    static void add(std::atomic<std::uint64_t>& count, std::uint64_t more) noexcept {
        count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }

private:
    struct Block {
        explicit Block(std::uint32_t capacity) : size(capacity), calls(capacity), timings(capacity) {}
        std::uint32_t size;
        std::vector<std::atomic<std::uint64_t>> calls;
        std::vector<std::atomic<Timing*>> timings;
    };
    std::atomic<std::uint64_t>* grow(std::uint32_t limit) noexcept;
    std::uint32_t time_first(const Number& handler, std::uint64_t self_ns, std::uint64_t total_ns,
                             std::uint64_t weight) noexcept;
    static std::uint32_t record(Timing& timing, std::uint64_t self_ns, std::uint64_t total_ns,
                                std::uint64_t weight) noexcept {
        add(timing.timed, 1);
        add(timing.total_ns, total_ns * weight);
        timing.self.record(self_ns, weight);
        timing.recent_ns = timing.recent_ns == 0 ? self_ns : (timing.recent_ns * 7 + self_ns) / 8;
        return timing.recent_ns > slow_ns ? timed_slow : 0;
    }
    static constexpr std::uint64_t slow_ns = 1000;

    std::atomic<std::uint64_t>* calls_ = nullptr;      // of the newest block, for the owner
    std::atomic<Timing*>* timings_at_hand_ = nullptr;  // the same
    std::uint32_t capacity_ = 0;
    std::atomic<const Block*> block_{nullptr};
    std::vector<std::unique_ptr<Block>> blocks_;  // all there ever were: somebody may be reading
    std::vector<std::unique_ptr<Timing>> timings_;
};

// Takes a number that no other handler of the process has; gives its index back. Any thread. Throws std::bad_alloc.
Number take_number();
void give_back(const Number& number) noexcept;

// Over all threads, since the process began.
std::uint64_t calls_of(std::uint32_t index) noexcept;

}  // namespace tenon::host
