// The hook table: who is attached to which point, and what is still in use.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "host/interceptors.h"
#include "host/point.h"
#include "host/reclaim.h"

namespace tenon::host {

// A call that has outlasted the wait for it.
struct Straggler {
    std::int32_t thread = 0;  // kernel id
    std::string owner;        // of the handler
    std::string point;
};

// A handler as it is to be added.
struct NewHandler {
    tenon_handler_fn fn = nullptr;
    void* self = nullptr;
    Plugin* plugin = nullptr;  // null: the application's own
    Place place;               // without sequence
    MonitorSettings monitor;
};

// One with its place.
struct PlacedHandler {
    Point* point = nullptr;
    NewHandler handler;
    tenon_registration* was = nullptr;  // and its number's tag, where the plugin had this handler before
    std::uint64_t was_tag = 0;
};

// A registration that no table has yet; its number is to be given back. Throws std::bad_alloc.
std::unique_ptr<tenon_registration> make_registration(Point& point, NewHandler handler);

// All members may be called on any thread. The lock is never held while a handler runs, and dispatch never takes it.
// Points live as long as the table.
//
// To withdraw a handler is to take it out of service: dispatches that begin now, and those that have not come to it
// yet, leave it out. Its registration is freed once no snapshot names it, hence once no call of it is running.
class Table {
public:
    Table(Host* host, const Ticks* ticks) : host_(host), ticks_(ticks) {}
    ~Table();
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    // The point of that name; made when there is none yet. Throws std::bad_alloc.
    tenon_hook& point(const std::string& name);
    // Takes the point on under its name. The one that had it before is found no more, but stays valid for who holds it.
    tenon_hook& put(std::unique_ptr<tenon_hook> point);
    // nullptr if there is none.
    tenon_hook* find(const std::string& name);

    // Attaches a handler and publishes it. The registration is the table's. nullptr when the plugin has been withdrawn.
    // Problem: "hook.order-cycle". Throws std::bad_alloc. With nothing changed.
    base::Result<tenon_registration*> add(Point& point, NewHandler handler);

    // Withdraws a registration of `plugin` (null: the application's) at `point` (null: at any) and, if asked to, waits
    // until no call of it is running any more, also when the host has withdrawn it already. TENON_OK,
    // TENON_E_NOT_FOUND, or TENON_E_STATE when asked to wait from inside such a call.
    std::int32_t remove(tenon_registration* registration, const Plugin* plugin, const Point* point,
                        bool wait_for_calls);
    // Withdraws all that a plugin has registered, and lets it register nothing more.
    void withdraw_all(Plugin& plugin) noexcept;
    // A generation of a plugin that does not serve yet: what it adds is kept back until take_over.
    void hold_back(Plugin& plugin);
    // From now on calls of the plugin's handlers ask the handover who serves; `handover` outlives them.
    void hand_over(Plugin& plugin, Handover& handover) noexcept;
    // The same no more. Only while the predecessor serves.
    void keep(Plugin& plugin) noexcept;
    // `to` serves in place of `from`: its handlers, and those that it has added already, are where those of `from`
    // were, which are withdrawn. `last` is called right before the store that changes all of them. Problem:
    // "hook.order-cycle". Throws std::bad_alloc. With nothing changed.
    base::Check take_over(Plugin& from, Plugin& to, std::vector<PlacedHandler> handlers, Handover& handover,
                          const std::function<void()>& last);

    // All handlers that the plugin has now, as they could be added again.
    std::vector<PlacedHandler> handlers_of(const Plugin& plugin);
    // The plugin is gone, and with it whatever handles it held.
    void forget_handles(const Plugin& plugin) noexcept;
    // Whether any registration is left of a plugin; then its record is still needed.
    bool knows(const Plugin& plugin);

    // The name of a point in which this thread is inside a handler of the plugin; empty if there is none.
    std::string inside(const Plugin* plugin);

    // Waits until no call of the handlers that `which` names is running; false if one still is after
    // `timeout_ns`. Polls, so that running calls need not wake a waiter; allocates nothing. `which` is called under the
    // lock.
    using Which = std::function<bool(const tenon_registration&)>;
    bool wait(const Which& which, std::uint64_t timeout_ns);
    // The calls of such handlers that are running now.
    std::vector<Straggler> stragglers(const Which& which);

    // Who listens to all calls, from the dispatches on that begin now; takes the list on. Throws std::bad_alloc.
    // `wait_until_unheard` waits until nobody listens to an older one any more; false if somebody still does.
    void listen(std::unique_ptr<const Interceptors> listeners);
    bool wait_until_unheard(std::uint64_t timeout_ns);

    // Calls `visit` for all registrations, or those of a point in their order, under the lock.
    using Visit = std::function<void(tenon_registration&)>;
    void each(const Visit& visit);
    // Those of a plugin; takes no longer where others have many.
    void each_of(const Plugin& plugin, const Visit& visit);
    void each_in_order(const Visit& visit);
    // Under the lock, if the registration exists and belongs to this table.
    bool with(const tenon_registration* registration, const Visit& visit);
    // The wishes of all handlers that name nobody who is there, as sentences.
    std::vector<std::string> missing();
    void with_places(const Point& point, const std::function<void(const std::vector<const Place*>&)>& use);

    // Frees what nobody uses any more.
    void reclaim();

private:
    template <class Found>
    void each_running(const Which& which, Found&& found);
    void withdraw_locked(tenon_registration& registration) noexcept;
    static void own(tenon_registration& registration) noexcept;
    static void disown(const tenon_registration& registration) noexcept;
    using Registrations = std::unordered_map<const tenon_registration*, std::unique_ptr<tenon_registration>>;
    // What the handle means now: itself, or what has come in its place; nullptr if that is gone.
    tenon_registration* meant_by(const tenon_registration* handle) noexcept;
    bool drop_removed(PlacedHandler& placed) noexcept;
    static std::vector<Registrations::node_type> nodes_of(std::vector<std::unique_ptr<tenon_registration>>& made);
    static bool is_slow(const Point& point) noexcept;
    void publish(Point& point);
    void fence() noexcept;
    void sweep() noexcept;

    Host* const host_;
    const Ticks* const ticks_;
    std::mutex lock_;
    Registrations registrations_;
    std::vector<std::unique_ptr<tenon_hook>> points_;  // all, those that were replaced included
    std::map<std::string, tenon_hook*, std::less<>> by_name_;
    Retired retired_;
    bool is_fenced_ = true;  // every change so far lies before a barrier (slots.h)
    std::uint64_t next_sequence_ = 0;
    std::vector<const tenon_registration*> withdrawn_;  // with room for all there are
    std::size_t sweep_at_ = 64;
    std::unique_ptr<const Interceptors> listeners_;
    std::vector<std::unique_ptr<const Interceptors>> old_listeners_;
};

}  // namespace tenon::host
