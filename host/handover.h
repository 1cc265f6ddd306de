// How the calls of a plugin go over to its next generation: by one store.
//
// While it lasts, the words of the old generation's handlers say word_moved, so that each of their calls comes here
// (slow_call.cc) and asks who serves. As all of them ask the same word, a thread that has seen the next generation at
// one hook sees it at every other. A call that has begun on the old one ends there.
//
//   serving the old one   calls go on as ever
//   nobody                they wait, but for those that come from inside a call of the plugin: those belong to it
//   the successor         the handler that took this one's place is called instead; with none, nothing is called
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace tenon::host {

struct Walk;
struct Entry;
struct Shared;

// Of one attempt; lives as long as the old generation's record. Any thread.
class Handover {
public:
    enum class Serving : std::uint32_t { predecessor, nobody, successor };

    // `owner` (kernel id) hands over: its calls never wait.
    explicit Handover(std::int32_t owner) noexcept : owner_(owner) {}
    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;

    std::int32_t owner() const noexcept { return owner_; }
    Serving serving() const noexcept { return serving_.load(std::memory_order_seq_cst); }
    // The one store; whoever waits goes on.
    void serve(Serving serving) noexcept;
    // Waits while nobody serves: TENON_OK, or why it must not wait on: TENON_E_CANCELLED, TENON_E_DEADLINE.
    std::int32_t wait(const Shared& shared) noexcept;
    // How many calls have waited.
    std::uint64_t waited() const noexcept { return waited_.load(std::memory_order_relaxed); }

private:
    const std::int32_t owner_;
    std::atomic<Serving> serving_{Serving::predecessor};
    std::atomic<std::uint64_t> waited_{0};
    std::mutex lock_;
    std::condition_variable changed_;
};

}  // namespace tenon::host
