// The shortest way through a dispatch: a NOTIFY hook with nothing special, called by the application, all handlers
// plain. Whatever else it meets, the rest of the dispatch goes the general way (dispatch.cc), which does the same.
//
// Each load and store here is paid by each dispatch, hence: one function, no struct that would live in memory, the
// level's place and the depth it returns to known beforehand, so that no dispatch waits for what the last one stored.
#include "host/hold.h"
#include "host/special.h"

namespace tenon::host {

namespace {

// Of a thread that is in no dispatch, and has membarrier (slots.h). Apart from its caller, so that an empty hook saves
// no registers.
[[gnu::noinline]] std::int32_t notify(Slot& slot, Point& point, const Snapshot* seen, tenon_scope& scope,
                                      const void* request) noexcept {
    Level& level = slot.levels[0];
    slot.depth = 1;
    const Snapshot* const snapshot = hold_current(level, point, seen, false);
    const Ticks& ticks = *point.ticks;
    const std::uint32_t tick = ticks.load();
    begin_level(level, scope, tick);
    std::atomic<std::uint64_t>* const calls = slot.cells.counts_at_hand();
    if (__builtin_expect(snapshot == nullptr || snapshot->slow || !slot.cells.has_room(snapshot->index_limit) ||
                             slot.until_exact == 1,
                         0))
        return notify_from_start(slot, point, scope, request, snapshot);
    --slot.until_exact;
    const std::atomic<std::uint32_t>& attention = *scope.attention;
    const Run* const end = snapshot->end();
    for (const Run* run = snapshot->begin(); run != end; ++run)
        for (const Entry *entry = run->begin, *const last = run->end; entry != last; ++entry) {
            tenon_registration* const handler = entry->registration;
            publish(level.running, handler, false);
            const std::uint32_t word = see(handler->word, false);
            if (__builtin_expect((word & word_attention) != 0 || attention.load(std::memory_order_relaxed) != 0, 0))
                return notify_rest(slot, point, scope, request, snapshot, {run, entry, false, word, 0});
            Cells::add(calls[entry->index], 1);
            const std::int32_t status = call_handler(*entry, level, request, nullptr);
            if (__builtin_expect(ticks.load() != tick || status < 0, 0))
                return notify_rest(slot, point, scope, request, snapshot, {run, entry, true, word, status});
        }
    level.running.store(nullptr, std::memory_order_release);
    level.held.store(nullptr, std::memory_order_release);
    slot.depth = 0;
    return TENON_CONTINUE;
}

}  // namespace

}  // namespace tenon::host

using namespace tenon::host;

std::int32_t tenon_hook_call(tenon_hook* hook, tenon_scope* scope, const void* request, void* reply) {
    if (__builtin_expect(hook == nullptr || scope == nullptr, 0)) return TENON_E_INVALID;
    if (hook->kind != TENON_NOTIFY || hook->special.load(std::memory_order_relaxed) != 0)
        return dispatch(*hook, *scope, request, reply);
    const Snapshot* const seen = hook->snapshot.load(std::memory_order_acquire);
    if (seen == nullptr) return TENON_CONTINUE;
    Slot* const slot = current_slot;
    if (__builtin_expect(
            (hook->needs_request && request == nullptr) || slot == nullptr || slot->depth != 0 || slot->fenced, 0))
        return dispatch(*hook, *scope, request, reply);
    return notify(*slot, *hook, seen, *scope, request);
}
