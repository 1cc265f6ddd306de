#include "host/slots.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <new>

#include "base/clock.h"
#include "base/sanitizer.h"
#include "host/dispatch.h"

namespace tenon::host {

// The process-wide state of abi.md, rule 33: the list of slots and the number of announcements to them, the
// registration with membarrier, one pointer a thread.
thread_local constinit Slot* current_slot __attribute__((tls_model("initial-exec"))) = nullptr;
thread_local constinit Slot* plain_slot __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

constinit std::atomic<Slot*> slots{nullptr};
constinit std::atomic<std::uint64_t> announcements{0};
constexpr std::uint64_t acknowledged_within_ns = 2000;

int membarrier(int command) noexcept {
    return static_cast<int>(::syscall(SYS_membarrier, command, 0, 0));
}

bool register_membarrier() noexcept {
    if constexpr (TENON_THREAD_SANITIZER) return false;
    return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
}

// ThreadSanitizer knows no fences; under it nobody needs this one, as there is no membarrier.
void full_fence() noexcept {
#if !TENON_THREAD_SANITIZER
    std::atomic_thread_fence(std::memory_order_seq_cst);
#endif
}

bool has_membarrier() noexcept {
    static const bool registered = register_membarrier();
    return registered;
}

// Gives the slot back when its thread ends.
struct Lease {
    Slot* slot = nullptr;
    ~Lease() {
        current_slot = plain_slot = nullptr;
        if (slot != nullptr) slot->thread.store(0, std::memory_order_release);
    }
};

Slot* take_free_slot(std::int32_t thread) noexcept {
    for (Slot* slot = first_slot(); slot != nullptr; slot = slot->next) {
        std::int32_t free = 0;
        if (slot->thread.compare_exchange_strong(free, thread, std::memory_order_acq_rel)) return slot;
    }
    return nullptr;
}

Slot* add_slot(std::int32_t thread) noexcept {
    Slot* const slot = new (std::nothrow) Slot;
    if (slot == nullptr) return nullptr;
    slot->fenced = !has_membarrier();
    slot->random += reinterpret_cast<std::uintptr_t>(slot);
    for (Level& level : slot->levels) level.ops = &call_operations;
    slot->thread.store(thread, std::memory_order_relaxed);
    slot->next = slots.load(std::memory_order_relaxed);
    while (!slots.compare_exchange_weak(slot->next, slot, std::memory_order_release, std::memory_order_relaxed)) {
    }
    return slot;
}

}  // namespace

// xorshift64; uniform from 1 to 127.
void Slot::rearm() noexcept {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    until_exact = 1 + static_cast<std::uint32_t>(random % (2 * picked_from - 1));
}

std::int32_t thread_id() noexcept {
    return static_cast<std::int32_t>(::syscall(SYS_gettid));
}

Slot* first_slot() noexcept {
    return slots.load(std::memory_order_acquire);
}

Slot* acquire_slot() noexcept {
    thread_local Lease lease;
    const std::int32_t thread = thread_id();
    Slot* slot = take_free_slot(thread);
    if (slot == nullptr) slot = add_slot(thread);
    if (slot != nullptr) slot->waited_ns = 0;  // that was another thread's
    full_fence();
    lease.slot = slot;
    current_slot = slot;
    plain_slot = slot == nullptr || slot->fenced ? nullptr : slot;
    return slot;
}

// Without membarrier nothing is needed here: what writers store and scan, and all of publish and see, is sequentially
// consistent then.
void writer_barrier() noexcept {
    if (has_membarrier()) membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

std::uint64_t announce() noexcept {
    return announcements.fetch_add(1, std::memory_order_seq_cst) + 1;
}

void acknowledge(Slot& slot) noexcept {
    const std::uint64_t announcement = announcements.load(std::memory_order_seq_cst);
    full_fence();
    slot.seen.store(announcement, std::memory_order_release);
}

// The calling thread need not; nor need a slot that is free, because acquire_slot has a fence.
bool is_acknowledged(std::uint64_t announcement) noexcept {
    if (!has_membarrier()) return true;
    const std::uint64_t begun = base::monotonic_ns();
    const Slot* slot = slots.load(std::memory_order_seq_cst);
    while (slot != nullptr) {
        if (slot == current_slot || slot->thread.load(std::memory_order_seq_cst) == 0 ||
            slot->seen.load(std::memory_order_acquire) >= announcement)
            slot = slot->next;
        else if (base::monotonic_ns() - begun > acknowledged_within_ns)
            return false;
    }
    return true;
}

bool runs_body_here(const Plugin* plugin) noexcept {
    const Body* body = current_slot != nullptr ? current_slot->bodies : nullptr;
    while (body != nullptr && body->plugin != plugin) body = body->outer;
    return body != nullptr;
}

bool runs_here(const tenon_registration* registration) noexcept {
    const Slot* const slot = current_slot;
    if (slot == nullptr) return false;
    for (std::uint32_t level = 0; level < slot->depth; ++level)
        if (slot->levels[level].running.load(std::memory_order_relaxed) == registration) return true;
    return false;
}

}  // namespace tenon::host
