// What the application provides to plugins: a function for each kind of request.
#pragma once

#include <tenon/provide.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"

namespace tenon::host {

// Used by any thread. Nothing is locked while a provider runs.
class Providers {
    struct Entry {
        tenon_provider_fn fn;
        void* data;
        std::uint32_t kind;
        std::atomic<bool> withdrawn{false};  // changed under the lock
        std::size_t running = 0;             // under the lock
    };

public:
    Providers() = default;
    Providers(const Providers&) = delete;
    Providers& operator=(const Providers&) = delete;

    // One call of a provider, by this thread; nobody withdraws it meanwhile. Empty: there is none.
    class Use {
    public:
        Use(Providers& all, std::uint32_t kind);
        ~Use();
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        explicit operator bool() const noexcept { return entry_ != nullptr; }
        // What it throws, too.
        std::int32_t call(const tenon_provider_call& with) const { return entry_->fn(entry_->data, &with); }
        bool withdrawn() const noexcept { return entry_->withdrawn.load(std::memory_order_acquire); }

    private:
        Providers& all_;
        std::shared_ptr<Entry> entry_;
    };

    static bool is_kind(std::uint32_t kind) noexcept;

    // NULL: none; with `data` the one that has this data goes, and no other. Returns when none that was withdrawn runs
    // any more. Problem: "provider.from-inside".
    base::Check set(std::uint32_t kind, tenon_provider_fn fn, void* data);
    // All of them, in the same way; from inside of one without waiting.
    void withdraw_all() noexcept;

private:
    bool is_inside() const noexcept;
    void withdraw(Entry& entry) noexcept;

    std::mutex lock_;
    std::condition_variable ended_;
    std::map<std::uint32_t, std::shared_ptr<Entry>> entries_;
    std::map<std::uint32_t, std::size_t> leaving_;  // by kind: calls that run of what was withdrawn
    std::vector<std::thread::id> inside_;           // threads that are in a provider, once for each call
};

}  // namespace tenon::host
