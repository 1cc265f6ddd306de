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
    --entry_->running;
    if (entry_->withdrawn.load(std::memory_order_relaxed) && --all_.leaving_[entry_->kind] == 0)
        all_.ended_.notify_all();
}

bool Providers::is_kind(std::uint32_t kind) noexcept {
    return kind == TENON_REQUEST_NOTIFY ||
           (kind >= TENON_REQUEST_CLIPBOARD_READ && kind <= TENON_REQUEST_CONTENT_CHANGE);
}

base::Check Providers::set(std::uint32_t kind, tenon_provider_fn fn, void* data) {
    std::unique_lock lock(lock_);
    // It would wait for itself; or two of them for each other.
    if (is_inside())
        return base::Problem{"provider.from-inside", "a provider cannot be changed from inside a provider",
                             "Change it after the call has returned, or on another thread."};
    std::shared_ptr<Entry> next;
    if (fn != nullptr) {
        next = std::make_shared<Entry>();
        next->fn = fn;
        next->data = data;
        next->kind = kind;
    }
    std::size_t& leaving = leaving_[kind];
    const auto found = entries_.find(kind);
    const bool is_meant = fn != nullptr || data == nullptr || (found != entries_.end() && found->second->data == data);
    if (is_meant) {
        if (found != entries_.end()) withdraw(*found->second);
        if (next != nullptr)
            entries_[kind] = std::move(next);
        else if (found != entries_.end())
            entries_.erase(found);
    }
    // Also of those that others have withdrawn: whoever returns from here counts on none of them.
    ended_.wait(lock, [&] { return leaving == 0; });
    return {};
}

bool Providers::is_inside() const noexcept {
    return std::ranges::find(inside_, std::this_thread::get_id()) != inside_.end();
}

void Providers::withdraw(Entry& entry) noexcept {
    entry.withdrawn.store(true, std::memory_order_release);
    if (entry.running != 0) leaving_[entry.kind] += entry.running;
}

void Providers::withdraw_all() noexcept {
    std::unique_lock lock(lock_);
    for (const auto& [kind, entry] : entries_) withdraw(*entry);
    entries_.clear();
    if (is_inside()) return;
    ended_.wait(lock, [&] { return std::ranges::all_of(leaving_, [](const auto& one) { return one.second == 0; }); });
}

}  // namespace tenon::host
