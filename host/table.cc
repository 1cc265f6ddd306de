#include "host/table.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "host/plugin.h"
#include "host/scope.h"
#include "host/slots.h"

namespace tenon::host {

namespace {

// Retired snapshots are looked through in batches, so that a registration costs its share of one membarrier.
constexpr std::size_t batch = 64;

bool runs_before(const tenon_registration* a, const tenon_registration* b) {
    if (a->priority != b->priority) return a->priority > b->priority;
    if (a->owner != b->owner) return a->owner < b->owner;
    return a->sequence < b->sequence;
}

std::vector<const Snapshot*> held_snapshots() {
    std::vector<const Snapshot*> held;
    for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next)
        for (const Level& level : slot->levels)
            if (const Snapshot* snapshot = level.held.load(std::memory_order_seq_cst)) held.push_back(snapshot);
    std::sort(held.begin(), held.end());
    return held;
}

}  // namespace

Table::~Table() {
    for (const auto& point : points_) Snapshot::destroy(point->snapshot.load());
    for (const Snapshot* snapshot : retired_) Snapshot::destroy(snapshot);
}

tenon_hook& Table::point(const std::string& name) {
    if (tenon_hook* const known = find(name)) return *known;
    auto made = std::make_unique<tenon_hook>();
    made->name = name;
    return put(std::move(made));
}

tenon_hook& Table::put(std::unique_ptr<tenon_hook> point) {
    point->host = host_;
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

tenon_registration* Table::add(Point& point, tenon_handler_fn fn, void* self, Plugin* plugin, std::string owner,
                               std::int32_t priority) {
    auto registration = std::make_unique<tenon_registration>();
    registration->fn = fn;
    registration->self = self;
    registration->point = &point;
    registration->plugin = plugin;
    registration->owner = std::move(owner);
    registration->priority = priority;
    tenon_registration* const raw = registration.get();
    const std::lock_guard guard(lock_);
    if (plugin != nullptr && plugin->withdrawn) return nullptr;
    raw->sequence = next_sequence_++;
    withdrawn_.reserve(withdrawn_.size() + registered_ + 1);  // so that withdrawing needs no memory
    const auto place = std::find_if(point.registrations.begin(), point.registrations.end(),
                                    [&](const auto& other) { return runs_before(raw, other.get()); });
    const auto at = point.registrations.insert(place, std::move(registration));
    try {
        republish(point);
    } catch (...) {
        point.registrations.erase(at);
        throw;
    }
    ++registered_;
    return raw;
}

void Table::withdraw_locked(Point& point, Registrations::iterator at) noexcept {
    (*at)->live.store(0, std::memory_order_seq_cst);
    withdrawn_.push_back(std::move(*at));
    point.registrations.erase(at);
    --registered_;
    try {
        republish(point);
    } catch (const std::bad_alloc&) {  // the old snapshot stays, and skips what is not live
    }
}

void Table::withdraw_all(Plugin& plugin) noexcept {
    const std::lock_guard guard(lock_);
    plugin.withdrawn = true;
    const auto owned = [&](const auto& registration) { return registration->plugin == &plugin; };
    for (const auto& point : points_) {
        Registrations& all = point->registrations;
        for (auto at = all.begin(); (at = std::find_if(all.begin(), all.end(), owned)) != all.end();)
            withdraw_locked(*point, at);
    }
}

std::string Table::inside(const Plugin* plugin) {
    const std::lock_guard guard(lock_);
    const auto runs = [&](const auto& registration) {
        return registration->plugin == plugin && runs_here(registration.get());
    };
    for (const auto& point : points_)
        if (std::any_of(point->registrations.begin(), point->registrations.end(), runs)) return point->name;
    const auto at = std::find_if(withdrawn_.begin(), withdrawn_.end(), runs);  // it has removed itself
    return at == withdrawn_.end() ? "" : (*at)->point->name;
}

std::int32_t Table::remove(tenon_registration* registration, const Plugin* plugin, const Point* point,
                           bool wait_for_calls) {
    if (wait_for_calls && runs_here(registration)) return TENON_E_STATE;
    const auto is_it = [&](const auto& other) {
        return other.get() == registration && other->plugin == plugin && (point == nullptr || other->point == point);
    };
    std::optional<std::uint64_t> sequence;
    {
        const std::lock_guard guard(lock_);
        if (const auto at = std::find_if(withdrawn_.begin(), withdrawn_.end(), is_it); at != withdrawn_.end())
            sequence = (*at)->sequence;
        for (const auto& candidate : points_) {
            const auto at = std::find_if(candidate->registrations.begin(), candidate->registrations.end(), is_it);
            if (at == candidate->registrations.end()) continue;
            sequence = (*at)->sequence;
            withdraw_locked(*candidate, at);
        }
    }
    if (!sequence) return TENON_E_NOT_FOUND;
    // By its number: it may be freed, and its address used again, before we look.
    if (wait_for_calls) wait([&](const tenon_registration& other) { return other.sequence == *sequence; }, UINT64_MAX);
    return TENON_OK;
}

bool Table::wait(const Which& which, std::uint64_t timeout_ns) {
    const std::uint64_t begun = now_ns();
    writer_barrier();
    std::chrono::microseconds pause(5);
    for (;;) {
        bool any = false;
        each_running(which, [&](const Slot&, const tenon_registration&) { any = true; });
        if (!any) return true;
        if (now_ns() - begun >= timeout_ns) return false;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, std::chrono::microseconds(1000));
    }
}

std::vector<Straggler> Table::stragglers(const Which& which) {
    std::vector<Straggler> found;
    each_running(which, [&](const Slot& slot, const tenon_registration& registration) {
        found.push_back({slot.thread.load(std::memory_order_relaxed), registration.owner, registration.point->name});
    });
    return found;
}

// A withdrawn registration is kept as long as a snapshot with it is held, hence as long as it runs. Slots of other
// hosts hold other addresses; they are compared, never followed.
template <class Found>
void Table::each_running(const Which& which, Found&& found) {
    const std::lock_guard guard(lock_);
    for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next)
        for (const Level& level : slot->levels) {
            const tenon_registration* const at = level.running.load(std::memory_order_seq_cst);
            if (at == nullptr) continue;
            const auto known = std::find_if(withdrawn_.begin(), withdrawn_.end(),
                                            [&](const auto& registration) { return registration.get() == at; });
            if (known != withdrawn_.end() && which(**known)) found(*slot, **known);
        }
}

void Table::reclaim() {
    const std::lock_guard guard(lock_);
    reclaim_locked();
}

void Table::republish(Point& point) {
    std::vector<tenon_registration*> sorted;
    sorted.reserve(point.registrations.size());
    for (const auto& registration : point.registrations) sorted.push_back(registration.get());
    retired_.reserve(retired_.size() + 1);
    const Snapshot* const fresh = Snapshot::make(sorted);
    const Snapshot* const old = point.snapshot.exchange(fresh, std::memory_order_seq_cst);
    if (old != nullptr) retired_.push_back(old);
    if (retired_.size() >= batch && retired_.size() % batch == 0) reclaim_locked();
}

// Memory is all that is at stake here: without any for the list of what is held, the next time will do.
void Table::reclaim_locked() noexcept {
    writer_barrier();
    try {
        const std::vector<const Snapshot*> held = held_snapshots();
        std::erase_if(retired_, [&](const Snapshot* snapshot) {
            if (std::binary_search(held.begin(), held.end(), snapshot)) return false;
            Snapshot::destroy(snapshot);
            return true;
        });
    } catch (const std::bad_alloc&) {
    }
    std::erase_if(withdrawn_, [](const auto& registration) { return registration->snapshots == 0; });
}

}  // namespace tenon::host
