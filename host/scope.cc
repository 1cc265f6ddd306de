#include "host/scope.h"

#include <time.h>

#include <new>

namespace tenon::host {

void ErrorLog::add(const tenon_error& error) noexcept {
    ++count_;
    try {
        if (!errors_) errors_ = std::make_unique<std::vector<tenon_error>>();
        if (errors_->size() < kept) errors_->push_back(error);
    } catch (const std::bad_alloc&) {  // the count still tells
    }
}

void ErrorLog::clear() noexcept {
    count_ = 0;
    if (errors_) errors_->clear();
}

const tenon_error* ErrorLog::at(std::uint64_t index) const noexcept {
    return errors_ && index < errors_->size() ? &(*errors_)[index] : nullptr;
}

std::uint64_t now_ns() noexcept {
    struct timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

std::int32_t why_stop(const Shared& shared) noexcept {
    const std::uint32_t attention = shared.attention.load(std::memory_order_relaxed);
    if ((attention & attention_cancelled) != 0) return TENON_E_CANCELLED;
    if ((attention & attention_deadline) != 0 && now_ns() >= shared.deadline_ns) return TENON_E_DEADLINE;
    return TENON_OK;
}

}  // namespace tenon::host
