#include "host/handover.h"

#include <algorithm>
#include <chrono>

#include "host/scope.h"

namespace tenon::host {

void Handover::serve(Serving serving) noexcept {
    {
        const std::lock_guard guard(lock_);
        serving_.store(serving, std::memory_order_seq_cst);
    }
    changed_.notify_all();
}

// Who cancels a scope, or lets its deadline pass, wakes nobody: hence a look every millisecond.
std::int32_t Handover::wait(const Shared& shared) noexcept {
    waited_.fetch_add(1, std::memory_order_relaxed);
    std::unique_lock guard(lock_);
    while (serving_.load(std::memory_order_relaxed) == Serving::nobody) {
        if (const std::int32_t stop = why_stop(shared); stop < 0) return stop;
        changed_.wait_for(guard, std::chrono::milliseconds(1));
    }
    return TENON_OK;
}

}  // namespace tenon::host
