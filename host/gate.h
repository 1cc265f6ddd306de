// Gates: how the calls of a plugin that is serialized are kept one after another.
//
// A gate belongs to one thread at a time, which may enter it again. Others wait in a queue, first come, first served,
// and sleep meanwhile. A thread that waits while it is inside of other gates could wait for ever: where its wait would
// close a circle (each waits for a gate that the next is inside of), it is refused at once. Of the threads of a circle
// that is always the last one to come, so that the others get on.
//
// Why looking at the circle when a wait begins is enough: somebody in the queue waits for the gate's owner only (those
// before it in the queue wait for the same owner), and when the gate is handed on, its new owner waits for nobody. No
// wait comes about in any other way.
//
// Entering a free gate and leaving one that nobody waits for are one atomic operation each. Everything else is done
// under the mutex of the Gates, which is held for a few steps and never while foreign code runs.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tenon::host {

class Gate;

// What the gates of a host share. Outlives them and all who wait.
class Gates {
public:
    Gates() = default;
    Gates(const Gates&) = delete;
    Gates& operator=(const Gates&) = delete;

private:
    friend class Gate;

    // A thread that waits for a gate; lies on its stack.
    struct Waiter {
        std::int32_t thread;
        Gate* gate;
        Waiter* next_in_queue = nullptr;
        Waiter* next = nullptr;  // of all who wait in this host
        bool decided = false;
        std::int32_t status = 0;
        std::condition_variable woken{};
    };

    const Waiter* waiter_of(std::int32_t thread) const noexcept;
    void forget(Waiter& waiter) noexcept;

    mutable std::mutex mutex_;
    Waiter* all_ = nullptr;  // who waits and was not decided about
};

// May be used on any thread. Destroyed when nobody is inside or waits.
class Gate {
public:
    explicit Gate(Gates& gates) : gates_(gates) {}
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    // `thread` is the kernel's id of the calling thread, `deadline_ns` CLOCK_MONOTONIC, UINT64_MAX for none.
    //   TENON_OK          inside, to be left as often as it was entered
    //   TENON_E_BUSY      waiting would close a circle
    //   TENON_E_DEADLINE  the deadline has passed, and somebody else is inside
    //   TENON_E_GONE      the gate is closed, and this thread is not inside already
    std::int32_t enter(std::int32_t thread, std::uint64_t deadline_ns) noexcept;

    // By the thread that is inside.
    void leave() noexcept;

    // From now on nobody comes in; whoever waits is told TENON_E_GONE. Who is inside stays until it leaves.
    void close() noexcept;

    // How many threads wait.
    std::uint32_t waiting() const noexcept;
    bool inside(std::int32_t thread) const noexcept { return owner_of(word_.load()) == thread; }

private:
    // The word: the owner's thread in the lower half, 0 when there is none; and two bits above. `queued` is set while
    // somebody is in the queue; as long as it is, the word changes under the mutex only. There is no queue without an
    // owner.
    static constexpr std::uint64_t queued = std::uint64_t{1} << 32;
    static constexpr std::uint64_t closed = std::uint64_t{1} << 33;
    static std::uint64_t owned_by(std::int32_t thread) noexcept { return static_cast<std::uint32_t>(thread); }
    static std::int32_t owner_of(std::uint64_t word) noexcept { return static_cast<std::int32_t>(word & 0xffffffffu); }

    // All of these under the mutex.
    std::int32_t enter_or_wait(std::unique_lock<std::mutex>& lock, std::int32_t thread, std::uint64_t deadline_ns);
    std::int32_t wait(std::unique_lock<std::mutex>& lock, std::int32_t thread, std::uint64_t deadline_ns);
    bool closes_circle(std::int32_t thread) const noexcept;
    void append(Gates::Waiter& waiter) noexcept;
    void withdraw(Gates::Waiter& waiter) noexcept;
    std::int32_t decide_next(std::int32_t status) noexcept;

    Gates& gates_;
    std::atomic<std::uint64_t> word_{0};
    std::uint32_t depth_ = 0;         // how often the owner is inside; the owner's
    Gates::Waiter* queue_ = nullptr;  // under the mutex
};

}  // namespace tenon::host
