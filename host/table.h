// The hook table: who is attached to which point, and what is still in use.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "host/point.h"

namespace tenon::host {

// A call that has outlasted the wait for it.
struct Straggler {
    std::int32_t thread = 0;  // kernel id
    std::string owner;        // of the handler
    std::string point;
};

// All members may be called on any thread. The lock is never held while a handler runs, and dispatch never takes it.
// Points live as long as the table.
class Table {
public:
    explicit Table(Host* host) : host_(host) {}
    ~Table();
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    // The point of that name; made when there is none yet. Throws std::bad_alloc.
    tenon_hook& point(const std::string& name);
    // nullptr if there is none.
    tenon_hook* find(const std::string& name);

    // Attaches a handler and publishes it. The registration is the table's. Throws std::bad_alloc, with nothing
    // changed.
    tenon_registration* add(Point& point, tenon_handler_fn fn, void* self, Plugin* plugin, std::string owner,
                            std::int32_t priority);

    // Takes a handler out of service: dispatches that begin now, and those that have not come to it yet, leave it out.
    // The registration is freed once nothing refers to it; the caller must not touch it again. False, and nothing done,
    // if the point has no such registration.
    bool withdraw(Point& point, tenon_registration* registration) noexcept;
    // Withdraws and, if asked to, waits until no call of it is running any more. TENON_OK, TENON_E_NOT_FOUND, or
    // TENON_E_STATE when asked to wait from inside such a call.
    std::int32_t remove(Point& point, tenon_registration* registration, bool wait_for_calls);
    // The point of a registration of this plugin; nullptr if it has no such registration. Does not touch it.
    Point* point_of(const tenon_registration* registration, const Plugin* plugin);
    // All that a plugin has registered.
    std::vector<tenon_registration*> of_plugin(const Plugin* plugin);

    // Waits until no call of the handlers that `which` names is running; they must have been withdrawn. Returns the
    // calls that still are after `timeout_ns`. Polls, so that running calls need not wake a waiter. `which` is called
    // under the lock.
    using Which = std::function<bool(const tenon_registration&)>;
    std::vector<Straggler> wait(const Which& which, std::uint64_t timeout_ns);

    // Frees what nobody uses any more.
    void reclaim();

private:
    std::vector<Straggler> running(const Which& which);
    void republish(Point& point);
    void reclaim_locked();

    Host* const host_;
    std::mutex lock_;
    std::map<std::string, std::unique_ptr<tenon_hook>, std::less<>> points_;
    std::vector<const Snapshot*> retired_;
    std::vector<std::unique_ptr<tenon_registration>> withdrawn_;
    std::size_t registered_ = 0;
    std::uint64_t next_sequence_ = 0;
};

}  // namespace tenon::host
