#include "host/gate.h"

#include <tenon/status.h>

#include <chrono>

namespace tenon::host {

const Gates::Waiter* Gates::waiter_of(std::int32_t thread) const noexcept {
    const Waiter* waiter = all_;
    while (waiter != nullptr && waiter->thread != thread) waiter = waiter->next;
    return waiter;
}

void Gates::forget(Waiter& waiter) noexcept {
    Waiter** link = &all_;
    while (*link != &waiter) link = &(*link)->next;
    *link = waiter.next;
}

std::int32_t Gate::enter(std::int32_t thread, std::uint64_t deadline_ns) noexcept {
    std::uint64_t word = 0;
    if (word_.compare_exchange_strong(word, owned_by(thread), std::memory_order_acquire, std::memory_order_relaxed)) {
        depth_ = 1;
        return TENON_OK;
    }
    if (owner_of(word) == thread) {  // nobody else can change that
        ++depth_;
        return TENON_OK;
    }
    std::unique_lock lock(gates_.mutex_);
    return enter_or_wait(lock, thread, deadline_ns);
}

std::int32_t Gate::enter_or_wait(std::unique_lock<std::mutex>& lock, std::int32_t thread, std::uint64_t deadline_ns) {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
        if ((word & closed) != 0) return TENON_E_GONE;
        const std::uint64_t wanted = word == 0 ? owned_by(thread) : word | queued;
        if (word_.compare_exchange_weak(word, wanted, std::memory_order_acquire, std::memory_order_relaxed)) break;
    }
    if (word == 0) {
        depth_ = 1;
        return TENON_OK;
    }
    // From here on the owner cannot leave without the mutex.
    if (!closes_circle(thread)) return wait(lock, thread, deadline_ns);
    if (queue_ == nullptr) word_.fetch_and(~queued, std::memory_order_relaxed);
    return TENON_E_BUSY;
}

bool Gate::closes_circle(std::int32_t thread) const noexcept {
    for (const Gate* gate = this;;) {
        const std::int32_t owner = owner_of(gate->word_.load(std::memory_order_relaxed));
        if (owner == thread) return true;
        const Gates::Waiter* const waiting = gates_.waiter_of(owner);
        if (waiting == nullptr) return false;
        gate = waiting->gate;
    }
}

std::int32_t Gate::wait(std::unique_lock<std::mutex>& lock, std::int32_t thread, std::uint64_t deadline_ns) {
    Gates::Waiter waiter{.thread = thread, .gate = this};
    append(waiter);
    // The steady clock is CLOCK_MONOTONIC; what it cannot count to is never.
    const bool for_ever = deadline_ns > static_cast<std::uint64_t>(INT64_MAX);
    const std::chrono::steady_clock::time_point deadline(
        std::chrono::nanoseconds(static_cast<std::int64_t>(deadline_ns)));
    while (!waiter.decided) {
        if (for_ever)
            waiter.woken.wait(lock);
        else if (waiter.woken.wait_until(lock, deadline) == std::cv_status::timeout && !waiter.decided) {
            withdraw(waiter);
            return TENON_E_DEADLINE;
        }
    }
    return waiter.status;  // whoever decided has taken it out of the lists; the gate may be gone
}

void Gate::append(Gates::Waiter& waiter) noexcept {
    Gates::Waiter** link = &queue_;
    while (*link != nullptr) link = &(*link)->next_in_queue;
    *link = &waiter;
    waiter.next = gates_.all_;
    gates_.all_ = &waiter;
}

void Gate::withdraw(Gates::Waiter& waiter) noexcept {
    Gates::Waiter** link = &queue_;
    while (*link != &waiter) link = &(*link)->next_in_queue;
    *link = waiter.next_in_queue;
    gates_.forget(waiter);
    if (queue_ == nullptr) word_.fetch_and(~queued, std::memory_order_relaxed);
}

// Returns the thread of the first in the queue, who is not in it any more. Woken under the mutex: it lies on the stack
// of a thread that may go on as soon as it has that.
std::int32_t Gate::decide_next(std::int32_t status) noexcept {
    Gates::Waiter& first = *queue_;
    queue_ = first.next_in_queue;
    gates_.forget(first);
    first.status = status;
    first.decided = true;
    const std::int32_t thread = first.thread;
    first.woken.notify_one();
    return thread;
}

void Gate::leave() noexcept {
    if (--depth_ > 0) return;
    std::uint64_t word = owned_by(owner_of(word_.load(std::memory_order_relaxed)));
    if (word_.compare_exchange_strong(word, 0, std::memory_order_release, std::memory_order_relaxed)) return;
    const std::lock_guard lock(gates_.mutex_);
    if (queue_ == nullptr) {
        word_.fetch_and(closed, std::memory_order_release);
        return;
    }
    depth_ = 1;  // the next one's
    const std::uint64_t next = owned_by(decide_next(TENON_OK));
    word_.store(queue_ != nullptr ? next | queued : next, std::memory_order_release);
}

void Gate::close() noexcept {
    const std::lock_guard lock(gates_.mutex_);
    word_.fetch_or(closed, std::memory_order_relaxed);
    while (queue_ != nullptr) decide_next(TENON_E_GONE);
    word_.fetch_and(~queued, std::memory_order_relaxed);
}

std::uint32_t Gate::waiting() const noexcept {
    const std::lock_guard lock(gates_.mutex_);
    std::uint32_t count = 0;
    for (const Gates::Waiter* waiter = queue_; waiter != nullptr; waiter = waiter->next_in_queue) ++count;
    return count;
}

}  // namespace tenon::host
