// Who listens to every call (tenon_interceptor), as part of the snapshots.
#pragma once

#include <tenon/stats.h>

#include <vector>

#include "host/dispatch.h"

namespace tenon::host {

// Immutable; lives as long as a snapshot that names it (table.h).
struct Interceptors {
    struct One {
        std::uint64_t id;
        tenon_interceptor functions;
    };
    std::vector<One> all;
};

// One call that is listened to: tells of its beginning now, of its end when asked to.
class ListenedCall {
public:
    ListenedCall(const Walk& walk, const tenon_registration& handler) noexcept;
    void ended(std::int32_t status) noexcept;

private:
    const Interceptors* const listeners_;
    tenon_call_event event_{};
};

}  // namespace tenon::host
