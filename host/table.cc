#include "host/table.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "host/plugin.h"
#include "host/slots.h"

namespace tenon::host {

Table::~Table() {
    for (const auto& point : points_) Snapshot::destroy(point->snapshot.exchange(nullptr));
    for (const auto& [registration, owned] : registrations_) give_back(registration->number);
}

tenon_hook& Table::point(const std::string& name) {
    if (tenon_hook* const known = find(name)) return *known;
    auto made = std::make_unique<tenon_hook>();
    made->name = name;
    return put(std::move(made));
}

tenon_hook& Table::put(std::unique_ptr<tenon_hook> point) {
    point->host = host_;
    point->ticks = ticks_;
    const std::lock_guard guard(lock_);
    tenon_hook*& known = by_name_[point->name];  // null, should there be no memory for the rest
    points_.push_back(std::move(point));
    known = points_.back().get();
    return *known;
}

tenon_hook* Table::find(const std::string& name) {
    const std::lock_guard guard(lock_);
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

std::unique_ptr<tenon_registration> make_registration(Point& point, NewHandler handler) {
    auto registration = std::make_unique<tenon_registration>();
    registration->fn = handler.fn;
    registration->self = handler.self;
    registration->point = &point;
    registration->plugin = handler.plugin;
    registration->settings = handler.monitor;
    registration->place = std::move(handler.place);
    std::uint32_t word = word_first;
    if (registration->place.phase == manifest::Phase::observe && point.kind != TENON_AROUND) word |= word_observes;
    if (handler.plugin != nullptr && handler.plugin->manifest && handler.plugin->manifest->serialized)
        word |= word_serialized;
    registration->word.store(word, std::memory_order_relaxed);
    registration->number = take_number();
    return registration;
}

base::Result<tenon_registration*> Table::add(Point& point, NewHandler handler) {
    const MonitorSettings monitor = handler.monitor;
    std::unique_ptr<tenon_registration> made = make_registration(point, std::move(handler));
    tenon_registration* const raw = made.get();
    raw->monitor.start(*raw, monitor);
    const std::lock_guard guard(lock_);
    if (raw->plugin != nullptr && raw->plugin->withdrawn) return give_back(raw->number), nullptr;
    raw->place.sequence = next_sequence_++;
    try {
        if (withdrawn_.capacity() <= registrations_.size()) withdrawn_.reserve(registrations_.size() * 2 + 64);
        const auto at = registrations_.emplace(raw, std::move(made)).first;
        own(*raw);
        if (raw->plugin != nullptr && raw->plugin->is_down()) raw->monitor.set_down(*raw, true);
        if (raw->plugin != nullptr && raw->plugin->held_back) return raw->held_back = true, raw;
        if (raw->plugin != nullptr && raw->plugin->handover != nullptr) {
            raw->handover.store(raw->plugin->handover, std::memory_order_relaxed);
            raw->word.fetch_or(word_moved, std::memory_order_relaxed);
        }
        if (base::Check problem = point.roster.add(*raw, point.name)) {
            give_back(raw->number);
            disown(*raw);
            registrations_.erase(at);
            return *problem;
        }
        if (raw->plugin != nullptr && raw->plugin->health.disabled) raw->monitor.force(*raw, TENON_BREAKER_FORCED_OPEN);
        publish(point);
    } catch (...) {  // it may be in the roster: then it stays there, called by nobody
        if (registrations_.contains(raw)) {
            raw->word.fetch_or(word_gone);
            raw->withdrawn = true;
            withdrawn_.push_back(raw);  // there is room
        }
        throw;
    }
    return raw;
}

void Table::own(tenon_registration& registration) noexcept {
    if (registration.plugin == nullptr) return;
    registration.older = std::exchange(registration.plugin->newest, &registration);
    if (registration.older != nullptr) registration.older->newer = &registration;
}

void Table::disown(const tenon_registration& registration) noexcept {
    if (registration.plugin == nullptr) return;
    if (registration.older != nullptr) registration.older->newer = registration.newer;
    (registration.newer != nullptr ? registration.newer->older : registration.plugin->newest) = registration.older;
}

void Table::withdraw_locked(tenon_registration& registration) noexcept {
    registration.word.fetch_or(word_gone, std::memory_order_seq_cst);
    is_fenced_ = false;
    registration.withdrawn = true;
    withdrawn_.push_back(&registration);
    collect_health(registration);
    try {
        registration.point->roster.remove(registration, registration.point->name);
        publish(*registration.point);
    } catch (const std::bad_alloc&) {  // the old snapshot stays, and skips what is gone
    }
}

void Table::withdraw_all(Plugin& plugin) noexcept {
    const std::lock_guard guard(lock_);
    plugin.withdrawn = true;
    for (const auto& [registration, owned] : registrations_)
        if (registration->plugin == &plugin && !registration->withdrawn) withdraw_locked(*owned);
}

std::string Table::inside(const Plugin* plugin) {
    const std::lock_guard guard(lock_);
    for (const auto& [registration, owned] : registrations_)
        if (registration->plugin == plugin && runs_here(registration)) return registration->point->name;
    return "";
}

std::int32_t Table::remove(tenon_registration* registration, const Plugin* plugin, const Point* point,
                           bool wait_for_calls) {
    if (wait_for_calls && runs_here(registration)) return TENON_E_STATE;
    std::uint64_t tag = 0;
    void* self = nullptr;
    tenon_handler_fn fn = nullptr;
    {
        const std::lock_guard guard(lock_);
        tenon_registration* const meant = meant_by(registration);
        if (meant == nullptr) return TENON_E_NOT_FOUND;
        tenon_registration& known = *meant;
        if (known.plugin != plugin || (point != nullptr && known.point != point)) return TENON_E_NOT_FOUND;
        if (wait_for_calls && runs_here(meant)) return TENON_E_STATE;
        tag = known.number.tag;
        if (meant != registration) self = known.self, fn = known.fn;
        known.removed = true;
        if (!known.withdrawn) withdraw_locked(known);
        if (withdrawn_.size() >= sweep_at_) sweep();
    }
    // By its tag: it may be freed, and its address used again, before we look. A handle that means another one now may
    // still be running as itself.
    const auto its_own = [&](const tenon_registration& other) {
        return other.number.tag == tag ||
               (fn != nullptr && other.plugin == plugin && other.fn == fn && other.self == self);
    };
    if (wait_for_calls) wait(its_own, UINT64_MAX);
    return TENON_OK;
}

tenon_registration* Table::meant_by(const tenon_registration* handle) noexcept {
    auto at = registrations_.find(handle);
    while (at != registrations_.end() && at->second->reborn != nullptr) {
        const std::uint64_t tag = at->second->reborn_tag;
        at = registrations_.find(at->second->reborn);
        if (at != registrations_.end() && at->second->number.tag != tag) return nullptr;
    }
    return at == registrations_.end() ? nullptr : at->second.get();
}

void Table::forget_handles(const Plugin& plugin) noexcept {
    const std::lock_guard guard(lock_);
    for (const auto& [registration, owned] : registrations_)
        if (owned->plugin == &plugin && std::exchange(owned->is_kept, false)) --owned->chunks;
}

void Table::listen(std::unique_ptr<const Interceptors> listeners) {
    const std::lock_guard guard(lock_);
    old_listeners_.push_back(nullptr);
    old_listeners_.back() = std::exchange(listeners_, std::move(listeners));
    for (const auto& point : points_)
        if (!point->roster.empty()) publish(*point);
}

void Table::each(const Visit& visit) {
    const std::lock_guard guard(lock_);
    for (const auto& [registration, owned] : registrations_)
        if (!registration->withdrawn) visit(*owned);
}

void Table::each_of(const Plugin& plugin, const Visit& visit) {
    const std::lock_guard guard(lock_);
    for (tenon_registration* at = plugin.newest; at != nullptr; at = at->older)
        if (!at->withdrawn) visit(*at);
}

void Table::each_in_order(const Visit& visit) {
    const std::lock_guard guard(lock_);
    for (const auto& [name, point] : by_name_)
        for (tenon_registration* registration : point->roster.all())
            if (!registration->withdrawn) visit(*registration);
}

bool Table::with(const tenon_registration* registration, const Visit& visit) {
    const std::lock_guard guard(lock_);
    const auto found = registrations_.find(registration);
    if (found == registrations_.end()) return false;
    visit(*found->second);
    return true;
}

std::vector<std::string> Table::missing() {
    const std::lock_guard guard(lock_);
    std::vector<std::string> all;
    for (const auto& point : points_) {
        const std::vector<std::string>& some = point->roster.missing();
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

void Table::with_places(const Point& point, const std::function<void(const std::vector<const Place*>&)>& use) {
    const std::lock_guard guard(lock_);
    use(point.roster.places());
}

bool Table::is_slow(const Point& point) noexcept {
    return point.checked || (point.attributes & TENON_ASYNC) != 0;
}

void Table::publish(Point& point) {
    retired_.make_room();
    const Snapshot* const fresh = point.roster.snapshot(listeners_.get(), is_slow(point));
    retired_.add(point.snapshot.exchange(fresh, std::memory_order_seq_cst));
    is_fenced_ = false;
    if (!retired_.is_due()) return;
    fence();
    retired_.free_unheld();
}

std::vector<PlacedHandler> Table::handlers_of(const Plugin& plugin) {
    const std::lock_guard guard(lock_);
    std::vector<PlacedHandler> found;
    for (const auto& [name, point] : by_name_)
        for (tenon_registration* handler : point->roster.all())
            if (handler->plugin == &plugin && !handler->withdrawn)
                found.push_back({handler->point,
                                 {handler->fn, handler->self, handler->plugin, handler->place, handler->settings},
                                 handler,
                                 handler->number.tag});
    return found;
}

bool Table::knows(const Plugin& plugin) {
    const std::lock_guard guard(lock_);
    return plugin.newest != nullptr;
}

void Table::reclaim() {
    const std::lock_guard guard(lock_);
    sweep();
}

// Registrations go in batches, too; those that are still held make the next batch wait for as many more.
// A barrier interrupts every processor that runs a thread of this process; where nothing has changed since the last
// one, that still holds.
void Table::fence() noexcept {
    if (!std::exchange(is_fenced_, true)) writer_barrier();
}

void Table::sweep() noexcept {
    fence();
    retired_.free_unheld();
    std::erase_if(withdrawn_, [&](const tenon_registration* registration) {
        if (registration->chunks != (registration->is_kept ? 1 : 0)) return false;
        // Nobody calls it any more, hence nobody its successor by it.
        const auto at = registrations_.find(registration);
        if (const tenon_registration* const next = at->second->successor.exchange(nullptr)) --next->chunks;
        if (registration->is_kept) return false;
        give_back(registration->number);
        disown(*registration);
        registrations_.erase(at);
        return true;
    });
    sweep_at_ = withdrawn_.size() + 64;
}

}  // namespace tenon::host
