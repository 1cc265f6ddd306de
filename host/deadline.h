// The deadline that a hook's contract sets to each of its dispatches.
#pragma once

#include "host/point.h"
#include "host/scope.h"

namespace tenon::host {

// The scope's deadline is at most now + the hook's limit for as long as this lives.
class Deadline {
public:
    Deadline(Shared& shared, const Point& point) noexcept : shared_(shared) {
        const std::uint64_t limit_ns = point.deadline_ns.load(std::memory_order_relaxed);
        if (limit_ns == 0) return;
        const std::uint64_t ours = now_ns() + limit_ns;
        if (ours >= shared.deadline_ns.load(std::memory_order_relaxed)) return;
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

}  // namespace tenon::host
