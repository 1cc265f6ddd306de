// Calls that come to a handler while its plugin changes to another generation (handover.h).
#include "host/handover.h"
#include "host/hold.h"

namespace tenon::host {

void begin_anew(Walk& walk) noexcept {
    walk.tick = walk.point.ticks->load();
    const std::uint32_t began = walk.level.began.exchange(walk.tick, std::memory_order_seq_cst);
    if ((began & struck) == 0) return;
    tenon_registration& handler = *walk.level.running.load(std::memory_order_relaxed);
    Outcome outcome;  // seen in the moment before it waited
    outcome.was_held = outcome.no_result = true;
    handler.monitor.settle(handler, outcome);
}

namespace {

// This call is part of one that the plugin is in the middle of.
bool is_inside(const Walk& walk, const Plugin* plugin) noexcept {
    for (std::uint32_t i = 0; i < walk.slot.depth; ++i) {
        const Level& level = walk.slot.levels[i];
        if (&level != &walk.level && level.runs() && level.handler().plugin == plugin) return true;
    }
    return false;
}

// Waits until somebody serves. Meanwhile this thread runs nothing, and no time passes for the handler.
std::int32_t wait_for_somebody(Walk& walk, tenon_registration& handler, Handover& handover) noexcept {
    walk.level.charge.store(Charge::none, std::memory_order_seq_cst);
    walk.level.running.store(nullptr, std::memory_order_seq_cst);
    const std::int32_t status = handover.wait(*walk.scope.shared);
    publish(walk.level.running, &handler, walk.slot.fenced);
    begin_anew(walk);
    walk.level.charge.store(Charge::full, std::memory_order_seq_cst);
    return status;
}

SlowCall call_successor(Walk& walk, tenon_registration& next) noexcept {
    if (walk.slot.cells.counts(next.number.index + 1) == nullptr) return {true, TENON_E_NO_MEMORY};
    publish(walk.level.running, &next, walk.slot.fenced);
    const Entry there{next.fn, next.self, &next, next.number.index};
    return call_slowly(walk, there, see(next.word, walk.slot.fenced));
}

}  // namespace

// Who serves is asked after this thread has said that it runs the handler: either the change waits for this call, or
// this call sees the change.
SlowCall call_moved(Walk& walk, const Entry& entry) noexcept {
    tenon_registration& handler = *entry.registration;
    for (;;) {
        Handover& handover = *handler.handover.load(std::memory_order_seq_cst);
        const Handover::Serving serving = handover.serving();
        if (serving == Handover::Serving::successor) {
            tenon_registration* const next = handler.successor.load(std::memory_order_acquire);
            return next == nullptr ? SlowCall{false, TENON_CONTINUE} : call_successor(walk, *next);
        }
        const bool waits = serving == Handover::Serving::nobody && !is_inside(walk, handler.plugin) &&
                           handover.owner() != walk.slot.thread.load(std::memory_order_relaxed);
        if (!waits) return call_slowly(walk, entry, see(handler.word, walk.slot.fenced) & ~std::uint32_t{word_moved});
        if (const std::int32_t status = wait_for_somebody(walk, handler, handover); status < 0) {
            note_failure(walk.level, walk.point, status, false);
            return {true, status};
        }
    }
}

}  // namespace tenon::host
