// A lane: a strict ping-pong of frames between one thread of the host and one thread of a worker. Each side has an
// outbox that only it can write. A side publishes a frame and then waits for the other's, by spinning where that pays
// (spin.h) and in the kernel else; a lane that waits for long takes no CPU.
//
// The other side may be hostile. All that this side acts on is private to it; what it reads is read once. A wait ends
// at its deadline whatever the other side does: it may be silent, die, or wake this side a million times a second.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "sandbox/outbox.h"
#include "sandbox/region.h"
#include "sandbox/spin.h"

namespace tenon::sandbox {

enum class Heard {
    frame,      // heard() has it
    timeout,    // the deadline came, or Look said stop; waiting may go on by another wait()
    gone,       // the other side's process ended, and said nothing more before
    violation,  // the other side broke the rules; every later wait says so too
};

// Asked about every millisecond while a wait is parked, on the waiting thread; false ends the wait.
struct Look {
    bool (*still_waiting)(void* self) noexcept = nullptr;
    void* self = nullptr;
};

inline constexpr std::uint64_t for_ever = std::numeric_limits<std::uint64_t>::max();

// What the host's side has and the worker's has not. Both must outlive the lane's end.
struct HostSide {
    SpinPool* spins = nullptr;                // null: neither side spins
    const std::atomic<bool>* gone = nullptr;  // set by another thread when the worker's process ended
};

// One side of a lane, used by one thread at a time, except control() and their_control(). Owns the memory.
class LaneEnd {
public:
    // Each region has outbox_size(room) bytes, new; `mine` is writable here.
    static LaneEnd of_host(Region mine, Region theirs, const HostSide& host) noexcept;
    static LaneEnd of_worker(Region mine, Region theirs) noexcept;

    // Where the next frame is written, while this side has the turn: all the room there is.
    std::span<std::byte> frame() noexcept;
    // Publishes the first `size` bytes of frame(), at most its size, and hands over the turn.
    void post(std::uint32_t size) noexcept;

    // Waits for the other side's next frame until a time of CLOCK_MONOTONIC.
    Heard wait(std::uint64_t until_ns, Look look = {}) noexcept;
    // The frame after Heard::frame, until the next post(). The other side can still change its bytes: copy them, then
    // look at the copy.
    std::span<const std::byte> heard() const noexcept;

    // Makes a wait that is parked look around now: for a side that has seen that the other is gone. Any thread.
    void nudge() const noexcept;

    // A word beside the frames, for the time when the other side has the turn. Any thread.
    void control(std::uint32_t word) noexcept { mine_->control.store(word, std::memory_order_release); }
    std::uint32_t their_control() const noexcept { return theirs_->control.load(std::memory_order_acquire); }

    // Of the next frame: whether this side must have the CPU back soon. The host's; before post().
    void hurry(bool in_a_hurry) noexcept;

    // The descriptors to hand to the worker: the host's outbox and the worker's. They may be closed afterwards.
    const Region& my_region() const noexcept { return my_region_; }
    const Region& their_region() const noexcept { return their_region_; }
    void close_fds() noexcept;

private:
    LaneEnd(Region mine, Region theirs, const HostSide* host) noexcept;

    Heard peek() noexcept;
    Heard spin(std::uint64_t until_ns) noexcept;
    Heard park(std::uint64_t until_ns, Look look) noexcept;
    bool may_spin() noexcept;
    bool is_elsewhere() const noexcept;
    void step_aside() noexcept;
    bool has_processor(std::uint64_t now_ns) noexcept;
    void publish_cpu() noexcept;
    void allow_spinning(bool allowed) noexcept;

    Region my_region_;
    Region their_region_;
    Outbox* mine_;          // in my_region_
    const Outbox* theirs_;  // in their_region_
    bool is_host_;
    HostSide host_;
    std::uint32_t posted_ = 0;      // frames of this side
    std::uint32_t heard_ = 0;       // frames of the other
    std::uint32_t heard_size_ = 0;  // of the last one, checked
    std::uint32_t cpu_ = 0;         // as published
    bool allowed_ = false;          // may_spin as published
    bool violated_ = false;
    bool hurries_ = false;  // hurry as published
    SpinHabit habit_;
    SpinPool::Lease lease_;
};

}  // namespace tenon::sandbox
