// One handler at one point (a hook, or a method of a service), and the snapshots that dispatch reads.
#pragma once

#include <tenon/plugin.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tenon::host {
class Plugin;
struct Point;
}  // namespace tenon::host

// Owned by its point's table as long as it is registered, then by whoever waits for its last call. All but `live` and
// `errors` is constant while published.
struct tenon_registration {
    std::atomic<std::uint32_t> live{1};  // 0: not called any more; the hot path's only question
    mutable std::atomic<std::uint32_t> errors{0};
    tenon_handler_fn fn = nullptr;
    void* self = nullptr;
    tenon::host::Point* point = nullptr;
    tenon::host::Plugin* plugin = nullptr;  // null: the application's own
    std::string owner;                      // the plugin's id, or the name that the application gave
    std::int32_t priority = 0;
    std::uint64_t sequence = 0;
    // How many snapshots name it; under the table's lock. It is freed when it is withdrawn and this is 0.
    mutable std::uint32_t snapshots = 0;
};

namespace tenon::host {

// One line of the dispatch loop.
struct Entry {
    tenon_handler_fn fn;
    void* self;
    const tenon_registration* registration;
};

// Immutable once published; `count` entries follow it in the same allocation.
struct Snapshot {
    std::uint64_t count;

    const Entry* begin() const { return reinterpret_cast<const Entry*>(this + 1); }
    const Entry* end() const { return begin() + count; }

    // Sorted registrations to a snapshot; nullptr for none of them. Free with destroy, both under the table's lock.
    // Throws std::bad_alloc.
    static const Snapshot* make(const std::vector<tenon_registration*>& sorted);
    static void destroy(const Snapshot* snapshot) noexcept;
};

}  // namespace tenon::host
