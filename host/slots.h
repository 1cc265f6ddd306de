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

#include "host/cells.h"

struct tenon_scope;

namespace tenon::host {

struct Snapshot;
struct AroundFrame;
class Sink;
struct Deferred;
class Plugin;

// A body that a plugin runs on this thread (tenon_plugin_ops.run), on that thread's stack.
struct Body {
    const Plugin* plugin;
    const Body* outer;
};

// The highest bit of Level::began: the watchdog has seen the call past its hard budget.
inline constexpr std::uint32_t struck = 0x80000000u;

// Whose time passes while a level runs something: the handler's; the handler's, but not counted, because it is its
// first call (only one that hangs is stopped); or the host's.
enum class Charge : std::uint8_t { full, first_call, none };

// One dispatch on its way; what its handlers see as their tenon_call. The owner writes; the atomics are read by
// writers of the table and by the watchdog, which sets `struck` in `began`.
struct alignas(64) Level : tenon_call {
    tenon_scope* scope = nullptr;
    std::atomic<const Snapshot*> held{nullptr};
    std::atomic<tenon_registration*> running{nullptr};
    // When the running call, or the one before it, began: the host's tick modulo 2^31.
    std::atomic<std::uint32_t> began{0};
    std::uint32_t entered = 0;  // the tick at which the dispatch began
    // Who has called tenon_call_fail; the dispatcher then needs no words of its own.
    const tenon_registration* failed_by = nullptr;
    std::atomic<std::uint64_t> nested_ns{0};   // what other dispatches took of the running call
    std::atomic<Charge> charge{Charge::full};  // whose time is passing
    bool timed = false;                        // the running call is timed exactly
    std::uint64_t begun_ns = 0;                // of a dispatch inside a timed call
    AroundFrame* around = nullptr;             // of an AROUND hook
    Deferred* deferred = nullptr;              // the call may answer later (answers.h)
    Sink* sink = nullptr;                      // of a COLLECT hook

    bool runs() const noexcept { return running.load(std::memory_order_relaxed) != nullptr; }
    const tenon_registration& handler() const noexcept { return *running.load(std::memory_order_relaxed); }
};

struct alignas(64) Slot {
    std::uint32_t depth = 0;
    std::uint32_t until_exact = 1;  // dispatches until one is timed
    Cells cells;
    std::uint32_t gates = 0;              // of serialized plugins that the owner is inside of
    const Body* bodies = nullptr;         // the innermost; read and written by the owner only
    bool fenced = false;                  // true: this process uses the fence path
    std::atomic<std::int32_t> thread{0};  // kernel id of the owner, 0: free
    std::atomic<std::uint64_t> seen{0};   // the last publication that the owner has acknowledged
    Slot* next = nullptr;                 // set once, before the slot is linked
    std::uint64_t waited_ns = 0;          // for a processor, when the owner last asked
    std::uint64_t random = 0x9e3779b97f4a7c15u;
    Level levels[TENON_MAX_DEPTH];

    // One dispatch in so many is timed, at random, so that no rhythm of the caller's is missed.
    static constexpr std::uint32_t picked_from = 64;
    void rearm() noexcept;
};

// The calling thread's slot; nullptr when there is no memory for one. The first call of a thread may allocate.
Slot* acquire_slot() noexcept;

extern thread_local constinit Slot* current_slot __attribute__((tls_model("initial-exec")));

// The same where the process has membarrier, else nullptr: the plain way (plain.cc) has no fences.
extern thread_local constinit Slot* plain_slot __attribute__((tls_model("initial-exec")));

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

// The same without interrupting anybody, where every thread that has a slot acknowledges in time. A barrier interrupts
// each processor that runs a thread of this process, which takes about 10 us where processors are virtual; a thread
// that dispatches without pause says so by itself much sooner.
//   writer: make it not current, and what comes in its place word_new; announce; true: as after writer_barrier.
//   reader: on meeting word_new, acknowledge: fence, then say which announcement it has seen.
std::uint64_t announce() noexcept;
void acknowledge(Slot& slot) noexcept;
bool is_acknowledged(std::uint64_t announcement) noexcept;

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
