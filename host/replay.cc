#include "host/replay.h"

#include "host/clone.h"
#include "host/host.h"
#include "host/special.h"

namespace tenon::host {

std::int32_t Replay::copy(const Point& point, const void* request, Value& value) const {
    value.any = true;
    if (!point.needs_request) return TENON_OK;
    value.arena = std::make_shared<base::Arena>(point.host->settings().arena_limit);
    const Cloned copied = clone(*point.contract, point.request_type, request, *value.arena);
    if (copied.status < 0) return copied.status;
    value.request = copied.value;
    return TENON_OK;
}

std::int32_t Replay::dispatch(Slot& slot, Point& point, tenon_scope& scope, const void* request) noexcept {
    try {
        Value fresh;
        if (const std::int32_t status = copy(point, request, fresh); status < 0) return status;
        std::unique_lock guard(lock_);
        std::swap(last_, fresh);
        Hold hold(slot, point, scope);
        guard.unlock();
        return notify_held(hold, slot, point, scope, request);
    } catch (const std::bad_alloc&) {
        return TENON_E_NO_MEMORY;
    }
}

namespace {

// It may have been withdrawn, and freed, since it was added.
const Entry* find(const Snapshot& snapshot, const tenon_registration* handler) noexcept {
    for (const Run& run : snapshot)
        for (const Entry* entry = run.begin; entry != run.end; ++entry)
            if (entry->registration == handler) return entry;
    return nullptr;
}

}  // namespace

void replay_to(Point& point, tenon_registration& handler, const Replay::Value& value) noexcept {
    Slot* const slot = slot_of_this_thread();
    if (!value.any || slot == nullptr || slot->depth >= TENON_MAX_DEPTH) return;
    Shared shared(point.host->settings().arena_limit);
    tenon_scope scope(&shared);
    Hold hold(*slot, point, scope);
    if (hold.snapshot() == nullptr || slot->cells.counts(hold.snapshot()->index_limit) == nullptr) return;
    const Entry* const entry = find(*hold.snapshot(), &handler);
    if (entry == nullptr) return;
    const std::uint32_t word = hold.enter(*entry);
    Walk walk{*slot, hold.level(), point, scope, value.request, nullptr, hold.level().entered};
    walk.listeners = hold.snapshot()->interceptors;
    call_slowly(walk, *entry, word);
}

}  // namespace tenon::host
