#include "host/special.h"

#include "host/answers.h"
#include "host/deadline.h"
#include "host/replay.h"

namespace tenon::host {

namespace {

std::int32_t replayed(Point& point, tenon_scope& scope, const void* request) noexcept {
    if (!usable(point, request, nullptr)) return TENON_E_INVALID;
    Slot* const slot = slot_of_this_thread();
    if (slot == nullptr) return TENON_E_NO_MEMORY;
    if (slot->depth >= TENON_MAX_DEPTH) return TENON_E_TOO_DEEP;
    return point.replay->dispatch(*slot, point, scope, request);
}

std::int32_t by_mode(Point& point, tenon_scope& scope, std::uint32_t special, const void* request,
                     void* reply) noexcept {
    if ((special & special_replay) != 0) return replayed(point, scope, request);
    if ((special & special_parallel) != 0) return dispatch_parallel(point, scope, request, reply);
    return dispatch_plain(point, scope, request, reply);
}

}  // namespace

std::int32_t dispatch_special(Point& point, tenon_scope& scope, const void* request, void* reply) noexcept {
    const std::uint32_t special = point.special.load(std::memory_order_relaxed);
    const Deadline deadline(*scope.shared, point);
    if ((special & special_async) == 0) return by_mode(point, scope, special, request, reply);
    const AnswersOf answers(scope, reply);
    const std::int32_t verdict = by_mode(point, scope, special, request, reply);
    return answers.verdict(verdict);
}

}  // namespace tenon::host
