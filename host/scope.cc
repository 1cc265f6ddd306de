#include "host/scope.h"

#include <new>

#include "base/clock.h"
#include "host/answers.h"

namespace tenon::host {

Shared::Shared(std::uint64_t limit) : arena(limit), arena_limit(limit), root(this) {}
Shared::Shared(Shared& of) : arena(of.arena_limit), arena_limit(of.arena_limit), root(of.root) {
    deadline_ns = of.deadline_ns.load(std::memory_order_relaxed);
}
Shared::~Shared() = default;

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
    return base::monotonic_ns();
}

std::int32_t why_stop(const Shared& shared) noexcept {
    const std::uint32_t attention = shared.root->attention.load(std::memory_order_relaxed);
    if ((attention & attention_cancelled) != 0) return TENON_E_CANCELLED;
    if ((attention & attention_deadline) != 0 && now_ns() >= shared.deadline_ns.load(std::memory_order_relaxed))
        return TENON_E_DEADLINE;
    return TENON_OK;
}

std::uint64_t set_deadline(Shared& shared, std::uint64_t deadline_ns) noexcept {
    Shared& root = *shared.root;
    const std::uint64_t before = shared.deadline_ns.exchange(deadline_ns, std::memory_order_relaxed);
    if (deadline_ns == UINT64_MAX && &root != &shared) return before;  // others may still have one
    if (deadline_ns == UINT64_MAX)
        root.attention.fetch_and(~std::uint32_t{attention_deadline}, std::memory_order_relaxed);
    else
        root.attention.fetch_or(attention_deadline, std::memory_order_relaxed);
    return before;
}

}  // namespace tenon::host
