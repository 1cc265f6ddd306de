#include "host/reclaim.h"

#include <algorithm>
#include <new>

#include "host/slots.h"

namespace tenon::host {

namespace {

std::vector<const Snapshot*> held_snapshots() {
    std::vector<const Snapshot*> held;
    for (const Slot* slot = first_slot(); slot != nullptr; slot = slot->next)
        for (const Level& level : slot->levels)
            if (const Snapshot* snapshot = level.held.load(std::memory_order_seq_cst)) held.push_back(snapshot);
    std::sort(held.begin(), held.end());
    return held;
}

}  // namespace

Retired::~Retired() {
    for (const Snapshot* snapshot : snapshots_) Snapshot::destroy(snapshot);
}

void Retired::make_room(std::size_t more) {
    if (snapshots_.size() + more > snapshots_.capacity()) snapshots_.reserve(snapshots_.size() * 2 + batch + more);
}

void Retired::add(const Snapshot* snapshot) noexcept {
    if (snapshot != nullptr) snapshots_.push_back(snapshot);
}

void Retired::free_unheld() noexcept {
    try {
        const std::vector<const Snapshot*> held = held_snapshots();
        std::erase_if(snapshots_, [&](const Snapshot* snapshot) {
            if (std::binary_search(held.begin(), held.end(), snapshot)) return false;
            Snapshot::destroy(snapshot);
            return true;
        });
    } catch (const std::bad_alloc&) {
    }
}

bool Retired::any_with(const Interceptors* listeners) const noexcept {
    return std::any_of(snapshots_.begin(), snapshots_.end(),
                       [&](const Snapshot* snapshot) { return snapshot->interceptors == listeners; });
}

}  // namespace tenon::host
