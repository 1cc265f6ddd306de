// A point that handlers attach to: a hook, or a method of a service.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "host/registration.h"
#include "loader/contract.h"

namespace tenon::host {

class Host;

// A method of a service: one handler, whose status is the answer. Beside the TENON_NOTIFY ... kinds.
inline constexpr std::uint32_t kind_method = 0;

// What dispatch must know of a reply type: how many bytes to put back after a FILTER's handler failed.
struct ReplyLayout {
    std::uint64_t size = 0;   // 0: no reply
    bool appendable = false;  // the value's own struct_size says how long it is
};

// Lives as long as its host. `snapshot` is read by any thread (slots.h); `registrations` belongs to the host's table
// lock; all else is constant once others can find it.
struct Point {
    std::atomic<const Snapshot*> snapshot{nullptr};
    std::uint32_t kind = kind_method;
    bool needs_request = false;
    bool checked = false;  // the checking host looks at every reply
    ReplyLayout reply;
    Host* host = nullptr;
    std::string name;  // "contract/hook" or "service/method"
    std::vector<std::unique_ptr<tenon_registration>> registrations;
    // The contract that the checking host reads replies by, and the reply's index in it.
    std::shared_ptr<const loader::Contract> contract;
    std::uint32_t request_type = TENON_INDEX_tenon_none;
    std::uint32_t reply_type = TENON_INDEX_tenon_none;
};

}  // namespace tenon::host

struct tenon_hook : tenon::host::Point {};
