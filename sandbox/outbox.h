// What one side of a lane says to the other: a header of words, then the bytes of the current frame. Its owner alone
// writes it; the other side reads each word once and acts on its copy. All zeros, as new memory is, say nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace tenon::sandbox {

using Word = std::atomic<std::uint32_t>;

struct alignas(64) Outbox {
    static constexpr std::uint32_t current_version = 1;

    Word version;   // current_version, from before the first frame
    Word turn;      // frames published so far, modulo 2^32; the other side waits on it (futex)
    Word size;      // bytes of the current frame
    Word parked;    // 1: the owner waits in the kernel, or is about to, and wants to be woken
    Word cpu;       // where the owner last ran, plus 1; 0: not known
    Word may_spin;  // the host's: 1: the worker may spin for the next frame
    Word control;   // the host's: what it tells a worker that is not listening, such as that a call is cancelled
    Word hurry;     // the host's: 1: it will be late if the worker keeps the CPU from it that both are on
};

// Frames begin on a cache line of their own, right behind the header.
inline constexpr std::size_t frame_offset = 64;
// The memory that an outbox takes whose frames have up to `room` bytes.
constexpr std::uint64_t outbox_size(std::uint32_t room) {
    return frame_offset + std::uint64_t{room};
}

static_assert(Word::is_always_lock_free && sizeof(Word) == 4);
static_assert(std::is_standard_layout_v<Outbox> && sizeof(Outbox) == frame_offset);
static_assert(offsetof(Outbox, version) == 0 && offsetof(Outbox, turn) == 4 && offsetof(Outbox, size) == 8);
static_assert(offsetof(Outbox, parked) == 12 && offsetof(Outbox, cpu) == 16 && offsetof(Outbox, may_spin) == 20);
static_assert(offsetof(Outbox, control) == 24 && offsetof(Outbox, hurry) == 28);

}  // namespace tenon::sandbox
