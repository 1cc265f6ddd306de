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
// no registers. What only the slow ways out need, they find in the level (notify_rest).
[[gnu::noinline]] std::int32_t notify(Slot& slot, Point& point, const Snapshot* seen, tenon_scope& scope,
                                      const void* request) noexcept {
    Level& level = slot.levels[0];
    slot.depth = 1;
    publish(level.held, seen, false);
    if (__builtin_expect(see(point.snapshot, false) != seen || !slot.cells.has_room(seen->plain_limit), 0)) {
        level.held.store(nullptr, std::memory_order_release);
        slot.depth = 0;
        return dispatch(point, scope, request, nullptr);
    }
    --slot.until_exact;
    const Ticks& ticks = *point.ticks;
    level.scope = &scope;
    const std::uint32_t tick = ticks.load();
    level.began.store(tick, std::memory_order_relaxed);
    level.failed_by = nullptr;
    std::atomic<std::uint64_t>* const calls = slot.cells.counts_at_hand();
    const std::atomic<std::uint32_t>& attention = *scope.attention;
    const Run* run = seen->begin();
    const Run* const end = seen->end();
    do {
        for (const Entry *entry = run->begin, *const last = run->end; entry != last; ++entry) {
            tenon_registration* const handler = entry->registration;
            publish(level.running, handler, false);
            const std::uint32_t word = see(handler->word, false);
            if (__builtin_expect((word & word_attention) != 0, 0) ||
                __builtin_expect(attention.load(std::memory_order_relaxed) != 0, 0))
                return notify_rest(slot, request, {run, entry, false, word, 0});
            Cells::add(calls[entry->index], 1);
            const std::int32_t status = call_handler(*entry, level, request, nullptr);
            if (__builtin_expect(status < 0, 0) || __builtin_expect(tick != ticks.load(), 0))
                return notify_rest(slot, request, {run, entry, true, word, status});
        }
    } while (++run != end);
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
    if (!hook->plain) return dispatch(*hook, *scope, request, reply);
    const Snapshot* const seen = hook->snapshot.load(std::memory_order_acquire);
    if (seen == nullptr) return TENON_CONTINUE;
    Slot* const slot = plain_slot;
    if (__builtin_expect(slot == nullptr || slot->depth != 0 || slot->until_exact == 1 ||
                             (request == nullptr && hook->needs_request),
                         0))
        return dispatch(*hook, *scope, request, reply);
    return notify(*slot, *hook, seen, *scope, request);
}
