#include "host/interceptors.h"

#include "host/text.h"

namespace tenon::host {

ListenedCall::ListenedCall(const Walk& walk, const tenon_registration& handler) noexcept
    : listeners_(walk.listeners != nullptr && !walk.listeners->all.empty() ? walk.listeners : nullptr) {
    if (listeners_ == nullptr) return;
    event_.struct_size = sizeof event_;
    event_.depth = walk.slot.depth - 1;
    event_.thread = walk.slot.thread.load(std::memory_order_relaxed);
    event_.plugin = borrow(handler.place.owner);
    event_.hook = borrow(walk.point.name);
    event_.handler = borrow(handler.place.name);
    event_.begin_ns = now_ns();
    for (const Interceptors::One& one : listeners_->all)
        if (one.functions.before != nullptr) one.functions.before(one.functions.data, &event_);
}

void ListenedCall::ended(std::int32_t status) noexcept {
    if (listeners_ == nullptr) return;
    event_.end_ns = now_ns();
    event_.status = status;
    for (auto one = listeners_->all.rbegin(); one != listeners_->all.rend(); ++one)
        if (one->functions.after != nullptr) one->functions.after(one->functions.data, &event_);
}

}  // namespace tenon::host
