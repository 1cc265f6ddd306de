// One dispatch of an AROUND hook on its way.
#pragma once

#include "host/hold.h"

namespace tenon::host {

struct AroundPosition;

struct AroundWalk {
    Point& point;
    tenon_scope& scope;
    const void* request;
    void* reply;
    const AroundBody& body;
    const Snapshot* snapshot;  // null: no handlers

    AroundPosition begin() const noexcept;
    const Run* end_run() const noexcept { return snapshot == nullptr ? nullptr : snapshot->end(); }
};

struct AroundPosition {
    const Run* run = nullptr;
    const Entry* entry = nullptr;
    void next(const AroundWalk& walk) noexcept {
        if (++entry != run->end) return;
        ++run;
        entry = run == walk.end_run() ? nullptr : run->begin;
    }
};

inline AroundPosition AroundWalk::begin() const noexcept {
    return snapshot == nullptr ? AroundPosition{} : AroundPosition{snapshot->begin(), snapshot->begin()->begin};
}

// A handler that is running: where to go on when it calls next, and what came of that.
struct AroundFrame {
    AroundFrame(AroundWalk& w, Slot& s, AroundPosition p, Point& point, base::Arena& arena, void* reply) noexcept
        : walk(w), slot(s), position(p), saved(point, arena, reply) {}
    AroundWalk& walk;
    Slot& slot;
    AroundPosition position;
    Saved saved;
    bool went_on = false;
    std::int32_t inner = TENON_DECLINED;
};

std::int32_t run_from(AroundWalk& walk, Slot& slot, AroundPosition at) noexcept;

// tenon_call_next.
std::int32_t around_next(Level& level) noexcept;

}  // namespace tenon::host
