// TENON_REPLAY: the last request of a hook, for whoever is added later.
#pragma once

#include <memory>
#include <mutex>

#include "host/hold.h"

namespace tenon::host {

// A subscriber gets each request once: those that are dispatched from when it was added, and the last one before. The
// lock is held while a value is copied and while the set of handlers is taken or changed, never while one runs.
struct Replay {
public:
    // Keeps a copy and runs the handlers that are there at that moment.
    std::int32_t dispatch(Slot& slot, Point& point, tenon_scope& scope, const void* request) noexcept;

    // The request that a handler which is added now has missed. Empty if nothing was dispatched yet.
    struct Value {
        std::shared_ptr<base::Arena> arena;
        const void* request = nullptr;
        bool any = false;
    };
    template <class Add>
    Value added(Add&& add) {
        const std::lock_guard guard(lock_);
        add();
        return last_;
    }

private:
    std::int32_t copy(const Point& point, const void* request, Value& value) const;

    std::mutex lock_;
    Value last_;
};

// Calls the handler with the request, as a dispatch of its own.
void replay_to(Point& point, tenon_registration& handler, const Replay::Value& value) noexcept;

}  // namespace tenon::host
