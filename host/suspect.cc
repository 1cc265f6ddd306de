#include "host/suspect.h"

#include <algorithm>

#include "host/thread_time.h"

namespace tenon::host {

Suspect::Suspect(const Slot& slot, const Level& level, tenon_registration* handler, std::uint32_t began,
                 const Ticks& ticks) noexcept
    : level_(&level),
      inner_(&level + 1 < slot.levels + TENON_MAX_DEPTH ? &level + 1 : nullptr),
      handler_(handler),
      began_(began),
      first_seen_(ticks.load()),
      thread_(slot.thread.load(std::memory_order_relaxed)),
      cpu_before_(cpu_ns(thread_)),
      waited_before_(waited_ns(thread_)) {}

bool Suspect::is_running() const noexcept {
    const std::uint32_t marked = struck_already ? began_ | struck : began_;
    return level_->began.load(std::memory_order_seq_cst) == marked &&
           level_->running.load(std::memory_order_seq_cst) == handler_;
}

std::uint64_t Suspect::self_ns(const Ticks& ticks) const noexcept {
    const auto less = [](std::uint64_t from, std::uint64_t what) { return from - std::min(from, what); };
    const std::uint64_t nested = level_->nested_ns.load(std::memory_order_relaxed);
    if (!sleeps(thread_)) {
        const std::uint64_t passed = Ticks::between(first_seen_, ticks.load()) * ticks.period_ns;
        return less(std::min(less(cpu_ns(thread_), cpu_before_), passed), nested);
    }
    const std::uint64_t passed = ticks.at_least_ns(Ticks::between(began_, ticks.load()));
    return less(less(passed, less(waited_ns(thread_), waited_before_)), nested);
}

// The mark goes where the call began: if it has returned meanwhile, that has changed, and nothing happens.
bool Suspect::strike() noexcept {
    std::uint32_t expected = began_;
    auto& began = const_cast<std::atomic<std::uint32_t>&>(level_->began);
    struck_already = began.compare_exchange_strong(expected, began_ | struck, std::memory_order_seq_cst);
    return struck_already;
}

}  // namespace tenon::host
