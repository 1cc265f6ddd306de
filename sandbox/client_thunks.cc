// What handlers that a worker adds while running are called with: used again once nobody calls them any more.
#include "sandbox/client.h"

namespace tenon::sandbox {

Thunk* Client::new_thunk() {
    bool much = false;
    {
        const std::lock_guard guard(lock_);
        const bool full = free_ == nullptr && thunks_.size() >= most_handlers;
        much = leaving_count_ >= reclaim_at_ || (full && leaving_ != nullptr);
    }
    if (much) reclaim_thunks();
    const std::lock_guard guard(lock_);
    if (free_ == nullptr) return thunks_.size() < most_handlers ? &thunks_.emplace_back() : nullptr;
    Thunk* const thunk = free_;
    free_ = thunk->next;
    return thunk;
}

void Client::leave(Thunk& thunk) noexcept {
    const std::lock_guard guard(lock_);
    thunk.next = leaving_;
    leaving_ = &thunk;
    ++leaving_count_;
}

// The host is asked without the lock. Those that are still called make the next look wait for as many more.
void Client::reclaim_thunks() noexcept {
    Thunk* left = nullptr;
    {
        const std::lock_guard guard(lock_);
        left = std::exchange(leaving_, nullptr);
        leaving_count_ = 0;
    }
    while (left != nullptr) {
        Thunk& thunk = *std::exchange(left, left->next);
        const bool unused = superior_.is_unused(&thunk, 0);
        const std::lock_guard guard(lock_);
        Thunk*& list = unused ? free_ : leaving_;
        thunk.next = list;
        list = &thunk;
        if (!unused) ++leaving_count_;
    }
    const std::lock_guard guard(lock_);
    reclaim_at_ = leaving_count_ * 2 + 64;
}

}  // namespace tenon::sandbox
