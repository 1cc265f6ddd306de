#include "host/special.h"

#include "host/answers.h"
#include "host/replay.h"

namespace tenon::host {

namespace {

// The scope's deadline is at most now + `limit_ns` for as long as this lives.
class Deadline {
public:
    Deadline(Shared& shared, std::uint64_t limit_ns) noexcept : shared_(shared) {
        if (limit_ns == 0) return;
        const std::uint64_t ours = now_ns() + limit_ns;
        if (ours >= shared.root->deadline_ns.load(std::memory_order_relaxed)) return;
        before_ = set_deadline(shared, ours);
        set_ = true;
    }
    ~Deadline() {
        if (set_) set_deadline(shared_, before_);
    }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

private:
    Shared& shared_;
    std::uint64_t before_ = 0;
    bool set_ = false;
};

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
    const Deadline deadline(*scope.shared, point.deadline_ns.load(std::memory_order_relaxed));
    if ((special & special_async) == 0) return by_mode(point, scope, special, request, reply);
    const AnswersOf answers(scope, reply);
    const std::int32_t verdict = by_mode(point, scope, special, request, reply);
    return answers.verdict(verdict);
}

}  // namespace tenon::host
