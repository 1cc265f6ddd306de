#include "host/providers.h"

#include <algorithm>
#include <utility>

namespace tenon::host {

Providers::Use::Use(Providers& all, std::uint32_t kind) : all_(all) {
    const std::lock_guard guard(all_.lock_);
    const auto found = all_.entries_.find(kind);
    if (found == all_.entries_.end()) return;
    all_.inside_.push_back(std::this_thread::get_id());
    entry_ = found->second;
    ++entry_->running;
}

Providers::Use::~Use() {
    if (entry_ == nullptr) return;
    const std::lock_guard guard(all_.lock_);
    all_.inside_.erase(std::ranges::find(all_.inside_, std::this_thread::get_id()));
    if (--entry_->running == 0) all_.ended_.notify_all();
}

bool Providers::is_kind(std::uint32_t kind) noexcept {
    return kind == TENON_REQUEST_NOTIFY ||
           (kind >= TENON_REQUEST_CLIPBOARD_READ && kind <= TENON_REQUEST_CONTENT_CHANGE);
}

base::Check Providers::set(std::uint32_t kind, tenon_provider_fn fn, void* data) {
    std::unique_lock lock(lock_);
    // It would wait for itself; or two of them for each other.
    if (std::ranges::find(inside_, std::this_thread::get_id()) != inside_.end())
        return base::Problem{"provider.from-inside", "a provider cannot be changed from inside a provider",
                             "Change it after the call has returned, or on another thread."};
    std::shared_ptr<Entry> next;
    if (fn != nullptr) {
        next = std::make_shared<Entry>();
        next->fn = fn;
        next->data = data;
    }
    std::shared_ptr<Entry>& place = entries_[kind];
    const std::shared_ptr<Entry> before = std::exchange(place, next);
    if (next == nullptr) entries_.erase(kind);
    if (before == nullptr) return {};
    before->withdrawn.store(true, std::memory_order_release);
    ended_.wait(lock, [&] { return before->running == 0; });
    return {};
}

}  // namespace tenon::host
