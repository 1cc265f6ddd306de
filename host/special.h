// Dispatches of hooks that ask for more than the loop: a deadline of their own, threads, later answers, replay.
#pragma once

#include "host/dispatch.h"
#include "host/hold.h"

namespace tenon::host {

std::int32_t dispatch_special(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept;

// Without what is special (dispatch.cc).
std::int32_t dispatch_plain(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept;
// NOTIFY along a snapshot that is held already.
std::int32_t notify_held(Hold& hold, Slot& slot, Point& point, tenon_scope& scope, const void* request) noexcept;
// How far the plain way got (plain.cc): to this entry, which has been called or not.
struct Progress {
    const Run* run;
    const Entry* entry;
    bool called;
    std::uint32_t word;  // of the entry's handler
    std::int32_t status;
};
// What the plain way leaves to the general one: a dispatch on the outermost level, which it has entered; this leaves
// it.
std::int32_t notify_rest(Slot& slot, const void* request, const Progress& progress) noexcept;
// All handlers at once (parallel.cc).
std::int32_t dispatch_parallel(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept;

}  // namespace tenon::host
