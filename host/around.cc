// AROUND: handlers that run inside one another. Each has a nesting level of its own, so that what runs inside it is not
// counted as its time.
#include "host/around.h"

#include "host/deadline.h"
#include "host/hold.h"

namespace tenon::host {

namespace {

std::int32_t run_body(AroundWalk& walk, Slot& slot) noexcept {
    if (walk.body.fn == nullptr) return TENON_DECLINED;
    if (slot.depth >= TENON_MAX_DEPTH) return TENON_E_TOO_DEEP;
    Nest nest(slot, walk.snapshot, *walk.point.ticks, walk.scope);
    try {
        return walk.body.fn(walk.body.self, &nest.level(), walk.request, walk.reply);
    } catch (...) {
        return note_exception(nest.level());
    }
}

// What a handler made of it. One that fails before it has called next is left out; after that, what is inside stands.
std::int32_t outcome(AroundWalk& walk, Slot& slot, const AroundFrame& frame, std::int32_t status,
                     tenon_registration& handler) noexcept {
    if (status >= 0) {
        if (!frame.went_on) handler.monitor.short_circuits.fetch_add(1, std::memory_order_relaxed);
        return status;
    }
    if (walk.point.fails_closed) return status;
    return frame.went_on ? frame.inner : run_from(walk, slot, frame.position);
}

}  // namespace

// The handlers from `at` on, each inside the one before.
std::int32_t run_from(AroundWalk& walk, Slot& slot, AroundPosition at) noexcept {
    for (; at.run != walk.end_run(); at.next(walk)) {
        if (const std::int32_t stop = why_stop(*walk.scope.shared); stop < 0) return stop;
        if (slot.depth >= TENON_MAX_DEPTH) return TENON_E_TOO_DEEP;
        const Entry& entry = *at.entry;
        SlowCall made{};
        AroundFrame frame{walk, slot, at, walk.point, walk.scope.shared->arena, walk.reply};
        frame.position.next(walk);
        if (!frame.saved.ok()) return TENON_E_NO_MEMORY;
        {
            Nest nest(slot, walk.snapshot, *walk.point.ticks, walk.scope);
            nest.level().around = &frame;
            publish(nest.level().running, entry.registration, slot.fenced);
            const std::uint32_t word = see(entry.registration->word, slot.fenced);
            Walk one{slot, nest.level(), walk.point, walk.scope, walk.request, walk.reply, nest.level().entered};
            one.listeners = walk.snapshot->interceptors;
            made = call_slowly(one, entry, word);
        }
        if (!made.called) continue;
        if (made.status < 0) frame.saved.put_back();
        return outcome(walk, slot, frame, made.status, *entry.registration);
    }
    return run_body(walk, slot);
}

std::int32_t around_next(Level& level) noexcept {
    AroundFrame* const frame = level.around;
    if (frame == nullptr || frame->went_on) return TENON_E_STATE;
    frame->went_on = true;
    frame->inner = run_from(frame->walk, frame->slot, frame->position);
    frame->saved.take();
    return frame->inner;
}

std::int32_t dispatch_around(Point& point, tenon_scope& scope, const void* request, void* reply,
                             const AroundBody& body) noexcept {
    if (!usable(point, request, reply)) return TENON_E_INVALID;
    Slot* const slot = slot_of_this_thread();
    if (slot == nullptr) return TENON_E_NO_MEMORY;
    if (slot->depth >= TENON_MAX_DEPTH) return TENON_E_TOO_DEEP;
    const Deadline deadline(*scope.shared, point);
    AroundWalk alone{point, scope, request, reply, body, nullptr};
    if (point.snapshot.load(std::memory_order_relaxed) == nullptr) return run_body(alone, *slot);
    Hold hold(*slot, point, scope);
    AroundWalk walk{point, scope, request, reply, body, hold.snapshot()};
    if (hold.snapshot() != nullptr && slot->cells.counts(hold.snapshot()->index_limit) == nullptr)
        return TENON_E_NO_MEMORY;
    return run_from(walk, *slot, walk.begin());
}

}  // namespace tenon::host
