// Thread slots: what each thread is running, so that writers know what they may free. Readers pay two plain stores and
// a compiler fence; writers pay for the barrier on all cores.
//
// The protocol (hazard pointers, with the fence moved to the writer by membarrier(2), as in liburcu):
//   reader: publish in its slot what it is about to use; [fence]; check that it is still current; use it; clear.
//   writer: make it not current; [membarrier]; scan all slots; whoever has it published is waited for.
// Either the writer sees the reader's publication, or the reader sees that the thing is not current any more.
//
// Two things are protected apart from each other. `held` keeps the memory of a snapshot. `running` keeps the code
// behind one registration. A handler that never returns therefore keeps only its own plugin mapped (and one snapshot's
// memory), not everybody's.
//
// Invariants
//   levels[0 .. depth) are in use by the owner; `depth` is read and written by the owner only.
//   Slots are never freed, only handed to another thread: a scan needs no lock.
//
// Where membarrier is missing, and under ThreadSanitizer (which does not know it), both sides use sequentially
// consistent operations instead; detected once, when the first thread asks for a slot.
#pragma once

#include <tenon/plugin.h>

#include <atomic>
#include <cstdint>

namespace tenon::host {

struct Snapshot;
class Plugin;

// A body that a plugin runs on this thread (tenon_plugin_ops.run), on that thread's stack.
struct Body {
    const Plugin* plugin;
    const Body* outer;
};

struct Level {
    std::atomic<const Snapshot*> held{nullptr};
    std::atomic<const tenon_registration*> running{nullptr};
};

struct alignas(64) Slot {
    std::uint32_t depth = 0;
    const Body* bodies = nullptr;         // the innermost; read and written by the owner only
    bool fenced = false;                  // true: this process uses the fence path
    std::atomic<std::int32_t> thread{0};  // kernel id of the owner, 0: free
    Slot* next = nullptr;                 // set once, before the slot is linked
    Level levels[TENON_MAX_DEPTH];
};

// The calling thread's slot; nullptr when there is no memory for one. The first call of a thread may allocate.
Slot* acquire_slot() noexcept;

extern thread_local constinit Slot* current_slot __attribute__((tls_model("initial-exec")));

inline Slot* slot_of_this_thread() noexcept {
    Slot* const slot = current_slot;
    return __builtin_expect(slot != nullptr, 1) ? slot : acquire_slot();
}

// The kernel's id of the calling thread.
std::int32_t thread_id() noexcept;

// All slots that exist, newest first; follow `next`.
Slot* first_slot() noexcept;

// The writer's half of the fence: after it, every reader's publication is visible here, or the reader will see what
// the writer stored before.
void writer_barrier() noexcept;

// The reader's half: publish, then see.
template <class T>
inline void publish(std::atomic<T>& where, T what, bool fenced) noexcept {
    if (__builtin_expect(fenced, 0)) {
        where.store(what, std::memory_order_seq_cst);
    } else {
        where.store(what, std::memory_order_release);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
}
template <class T>
inline T see(const std::atomic<T>& where, bool fenced) noexcept {
    return where.load(__builtin_expect(fenced, 0) ? std::memory_order_seq_cst : std::memory_order_acquire);
}

// True when this thread is inside a body that the plugin has run (tenon_plugin_ops.run).
bool runs_body_here(const Plugin* plugin) noexcept;

// True when this thread is inside a call of the registration.
bool runs_here(const tenon_registration* registration) noexcept;

}  // namespace tenon::host
