// The road down: application or handler -> dispatch -> the plugin's function. No lookup, allocation, lock or system
// call on success.
//
//   plain.cc      the shortest way, of most dispatches         around.cc   the kind that nests its handlers
//   dispatch.cc   the kinds that walk along their handlers
//   hold.h        how a snapshot is held meanwhile             special.cc  what only some hooks ask for
//   slow_call.cc  handlers that cannot simply be called        settle.cc   calls that did not simply return
#pragma once

#include <tenon/host.h>

#include "host/point.h"
#include "host/scope.h"
#include "host/slots.h"

namespace tenon::base {
class Clock;
}

namespace tenon::host {

// Runs the handlers of a point that were current when it began. The result is as tenon_hook_call and tenon_service_call
// say.
std::int32_t dispatch(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept;

// What runs inside all handlers of an AROUND hook.
struct AroundBody {
    tenon_handler_fn fn = nullptr;
    void* self = nullptr;
};
std::int32_t dispatch_around(Point& point, tenon_scope& scope, const void* request, void* reply,
                             const AroundBody& body) noexcept;

// The functions behind every tenon_call (call.cc).
extern const tenon_call_ops call_operations;

// What a dispatch without handlers answers; a COLLECT hook's collection is emptied.
std::int32_t without_handlers(const Point& point, void* reply) noexcept;

// The request is there if the point has one; the value that every handler will write to is, and knows its size.
bool usable(const Point& point, const void* request, const void* reply) noexcept;

// One dispatch, as the functions off the fast path see it.
struct Walk {
    Slot& slot;
    Level& level;
    Point& point;
    tenon_scope& scope;
    const void* request;
    void* reply;
    std::uint32_t tick;  // when the running call began, or the one before it ended
    bool timed = false;  // this dispatch was picked to be timed
    const Interceptors* listeners = nullptr;
    const base::Clock* clock = nullptr;  // once it was needed
    std::uint64_t reading = 0;           // of it, when the last call ended that was timed; 0: other things came since
};

// A call that is not plain, from asking whether it is to be made to settling how it went. `called` is false when it was
// left out.
struct SlowCall {
    bool called;
    std::int32_t status;
};
SlowCall call_slowly(Walk& walk, const Entry& entry, std::uint32_t word) noexcept;
// One whose word says word_moved.
SlowCall call_moved(Walk& walk, const Entry& entry) noexcept;
// A call that had to wait begins now: time that has passed is not its own.
void begin_anew(Walk& walk) noexcept;

// Inside a catch block: records the exception that a handler let out, and gives TENON_E_EXCEPTION.
[[gnu::cold]] std::int32_t note_exception(Level& level) noexcept;

// The handler itself, with the barrier against exceptions, which costs nothing until something is thrown.
inline std::int32_t call_handler(const Entry& entry, Level& level, const void* request, void* reply) noexcept {
    try {
        return entry.fn(entry.self, &level, request, reply);
    } catch (...) {
        return note_exception(level);
    }
}

// After a call that failed, or during which the clock has ticked: errors, overruns, strikes.
struct Called {
    std::uint32_t word = 0;
    std::uint64_t lease = 0;
    std::int32_t status = 0;
    bool exempt = false;         // its time is not charged
    std::uint64_t exact_ns = 0;  // self time; 0: not timed
};
void settle(Walk& walk, tenon_registration& handler, const Called& called) noexcept;

// Records in the scope what the handler's status means, unless the handler did so itself, and tells the log at the 1st,
// 2nd, 4th, 8th ... error of the handler, if it is one that is counted. Never on the way of a success.
void note_failure(Level& level, Point& point, std::int32_t status, bool counted) noexcept;
// The same for a handler that the breaker skipped, where the hook fails closed.
void note_skip(Level& level) noexcept;
// Says in the place of the handler that runs why it fails, with id and fix. Returns `code`.
std::int32_t fail_with(Level& level, std::int32_t code, const base::Problem& why) noexcept;

// Copies as much as to.struct_size covers.
void copy_error(const tenon_error& from, tenon_error& to) noexcept;

}  // namespace tenon::host
