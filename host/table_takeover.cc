// One generation of a plugin takes the place of another: everything that can fail comes first, then one store.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "host/handover.h"
#include "host/plugin.h"
#include "host/table.h"

namespace tenon::host {

void Table::hold_back(Plugin& plugin) {
    const std::lock_guard guard(lock_);
    plugin.held_back = true;
}

void Table::hand_over(Plugin& plugin, Handover& handover) noexcept {
    const std::lock_guard guard(lock_);
    plugin.handover = &handover;
    is_fenced_ = false;
    for (const auto& [registration, owned] : registrations_) {
        if (registration->plugin != &plugin || registration->withdrawn) continue;
        owned->handover.store(&handover, std::memory_order_seq_cst);
        owned->word.fetch_or(word_moved, std::memory_order_seq_cst);
    }
}

void Table::keep(Plugin& plugin) noexcept {
    const std::lock_guard guard(lock_);
    plugin.handover = nullptr;
    for (const auto& [registration, owned] : registrations_)
        if (registration->plugin == &plugin && !registration->withdrawn)
            owned->word.fetch_and(~std::uint32_t{word_moved}, std::memory_order_seq_cst);
}

namespace {

using Handlers = std::vector<tenon_registration*>;

// Registrations that are not the table's yet.
class Made {
public:
    Made() = default;
    Made(const Made&) = delete;
    Made& operator=(const Made&) = delete;
    ~Made() {
        for (const auto& registration : all) give_back(registration->number);
    }
    std::vector<std::unique_ptr<tenon_registration>> all;
};

// What happens at one point.
struct Change {
    Handlers without, with;
    std::optional<Roster::Prepared> roster;
    const Snapshot* snapshot = nullptr;
};

// By their points. Snapshots that were not published are freed.
class Changes {
public:
    Changes() = default;
    Changes(const Changes&) = delete;
    Changes& operator=(const Changes&) = delete;
    ~Changes() {
        for (const auto& [point, change] : all) Snapshot::destroy(change.snapshot);
    }
    std::map<Point*, Change> all;
};

// The handler of the old generation whose place the new one takes: of that point and name.
tenon_registration* predecessor(const Change& change, const tenon_registration& next) {
    for (tenon_registration* old : change.without)
        if (old->place.name == next.place.name && old->successor.load() == nullptr) return old;
    return nullptr;
}

void link(const Change& change) noexcept {
    for (tenon_registration* next : change.with)
        if (tenon_registration* const old = predecessor(change, *next)) {
            old->successor.store(next, std::memory_order_release);
            ++next->chunks;
        }
}

}  // namespace

// So that they can become the table's without asking for memory.
std::vector<Table::Registrations::node_type> Table::nodes_of(std::vector<std::unique_ptr<tenon_registration>>& made) {
    std::vector<Registrations::node_type> nodes;
    nodes.reserve(made.size());
    Registrations one;
    for (std::unique_ptr<tenon_registration>& registration : made) {
        one.emplace(registration.get(), nullptr);
        nodes.push_back(one.extract(one.begin()));
    }
    for (std::size_t i = 0; i < made.size(); ++i) nodes[i].mapped() = std::move(made[i]);
    return nodes;
}

// The plugin stood by, and has removed this handler meanwhile.
bool Table::drop_removed(PlacedHandler& placed) noexcept {
    if (placed.was == nullptr) return false;
    const auto known = registrations_.find(placed.was);
    return known == registrations_.end() || known->second->number.tag != placed.was_tag || known->second->removed;
}

base::Check Table::take_over(Plugin& from, Plugin& to, std::vector<PlacedHandler> handlers, Handover& handover,
                             const std::function<void()>& last) {
    const std::lock_guard guard(lock_);
    std::erase_if(handlers, [this](PlacedHandler& placed) { return drop_removed(placed); });
    Made made;
    std::vector<std::pair<tenon_registration*, tenon_registration*>> reborn;
    for (PlacedHandler& placed : handlers) {
        const MonitorSettings monitor = placed.handler.monitor;
        made.all.push_back(make_registration(*placed.point, std::move(placed.handler)));
        made.all.back()->monitor.start(*made.all.back(), monitor);
        if (to.is_down()) made.all.back()->monitor.set_down(*made.all.back(), true);
        if (placed.was != nullptr) reborn.emplace_back(placed.was, made.all.back().get());
    }
    Changes changes;
    for (const auto& [registration, owned] : registrations_) {
        if (registration->plugin == &from && !registration->withdrawn)
            changes.all[registration->point].without.push_back(owned.get());
        if (registration->plugin == &to && registration->held_back && !registration->withdrawn)
            changes.all[registration->point].with.push_back(owned.get());
    }
    for (const auto& one : made.all) {
        one->place.sequence = next_sequence_++;
        changes.all[one->point].with.push_back(one.get());
    }
    for (auto& [point, change] : changes.all) {
        base::Result<Roster::Prepared> roster = point->roster.prepare(change.without, change.with, point->name);
        if (!roster) return roster.problem();
        change.roster.emplace(roster.take());
        change.snapshot = Snapshot::make(change.roster->chunks, point->roster.limit_with(*change.roster),
                                         listeners_.get(), is_slow(*point));
    }
    retired_.make_room(changes.all.size());
    withdrawn_.reserve((registrations_.size() + made.all.size()) * 2 + 64);
    registrations_.reserve(registrations_.size() + made.all.size());
    std::vector<Registrations::node_type> nodes = nodes_of(made.all);

    // Nothing fails from here on.
    for (auto& node : nodes) own(*registrations_.insert(std::move(node)).position->second);
    made.all.clear();
    for (const auto& [was, is] : reborn) {
        was->reborn = is;
        was->reborn_tag = is->number.tag;
    }
    for (const auto& [point, change] : changes.all) {
        link(change);
        for (tenon_registration* old : change.without) {
            old->handover.store(&handover, std::memory_order_seq_cst);
            old->word.fetch_or(word_moved, std::memory_order_seq_cst);
        }
    }
    for (const auto& [point, change] : changes.all)
        for (tenon_registration* next : change.with) next->word.fetch_or(word_new, std::memory_order_relaxed);
    last();
    handover.serve(Handover::Serving::successor);
    for (auto& [point, change] : changes.all) {
        point->roster.commit(std::move(*change.roster));
        retired_.add(point->snapshot.exchange(std::exchange(change.snapshot, nullptr), std::memory_order_seq_cst));
        for (tenon_registration* next : change.with) {
            next->held_back = false;
            if (to.health.disabled) next->monitor.force(*next, TENON_BREAKER_FORCED_OPEN);
        }
        for (tenon_registration* old : change.without) {
            old->withdrawn = true;
            if (!std::exchange(old->is_kept, true)) ++old->chunks;
            withdrawn_.push_back(old);
            collect_health(*old);
        }
    }
    is_fenced_ = is_acknowledged(announce());
    fence();
    for (const auto& [point, change] : changes.all)
        for (tenon_registration* next : change.with)
            next->word.fetch_and(~std::uint32_t{word_new}, std::memory_order_relaxed);
    from.withdrawn = true;
    to.withdrawn = false;
    to.held_back = false;
    return {};
}

}  // namespace tenon::host
