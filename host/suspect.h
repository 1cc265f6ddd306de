// A call that the watchdog has seen twice: how much of its time is the handler's.
#pragma once

#include <cstdint>
#include <string>

#include "host/slots.h"
#include "host/ticks.h"

namespace tenon::host {

// For the watchdog's thread.
//
// A thread that sleeps inside a handler makes its caller wait: that is charged as it passes. A thread that could run
// and has no processor is not to blame: of that one, only the processor time is charged that it used since it was first
// seen.
class Suspect {
public:
    Suspect(const Slot& slot, const Level& level, tenon_registration* handler, std::uint32_t began,
            const Ticks& ticks) noexcept;

    tenon_registration* handler() const noexcept { return handler_; }
    std::int32_t thread() const noexcept { return thread_; }
    bool is(const Level& level, std::uint32_t began) const noexcept { return level_ == &level && began_ == began; }
    // The call goes on.
    bool is_running() const noexcept;
    Charge charge() const noexcept { return level_->charge.load(std::memory_order_seq_cst); }
    // It has dispatched another call, and what that takes is not known before it returns.
    bool waits_for_nested() const noexcept {
        return inner_ != nullptr && inner_->held.load(std::memory_order_acquire) != nullptr;
    }
    // What can be charged so far.
    std::uint64_t self_ns(const Ticks& ticks) const noexcept;
    // Marks the call as seen past its budget, which also tells it to end; false if it has just returned.
    bool strike() noexcept;

    // Once it was struck.
    bool struck_already = false;
    std::uint64_t report_at_ns = 0;
    std::uint64_t stuck_at_ns = 0;  // 0: said already
    std::string owner{};
    std::string hook{};

private:
    const Level* level_;
    const Level* inner_;  // the next one of its thread; nullptr: there is none
    tenon_registration* handler_;
    std::uint32_t began_;
    std::uint32_t first_seen_;
    std::int32_t thread_;
    std::uint64_t cpu_before_;
    std::uint64_t waited_before_;
};

}  // namespace tenon::host
