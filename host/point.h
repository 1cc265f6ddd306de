// A point that handlers attach to: a hook, or a method of a service.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "host/roster.h"
#include "host/ticks.h"
#include "loader/contract.h"

namespace tenon::host {

class Host;
struct Replay;

// A method of a service: one handler, whose status is the answer. Beside the TENON_NOTIFY ... kinds.
inline constexpr std::uint32_t kind_method = 0;

// What dispatch must know of a reply type: how many bytes to put back after a handler failed.
struct ReplyLayout {
    std::uint64_t size = 0;   // 0: no reply; of an appendable one the least
    std::uint64_t full = 0;   // as on offer
    bool appendable = false;  // the value's own struct_size says how long it is
};

// Bits of Point::special: what a dispatch needs beyond the loop.
enum : std::uint32_t { special_deadline = 1, special_parallel = 2, special_replay = 4, special_async = 8 };

// Lives as long as its host. `snapshot`, `special` and `deadline_ns` are read by any thread (slots.h); the roster
// belongs to the host's table lock; all else is constant once others can find it.
struct Point {
    std::atomic<const Snapshot*> snapshot{nullptr};
    std::atomic<std::uint32_t> special{0};
    std::uint32_t kind = kind_method;
    bool plain = false;            // TENON_NOTIFY with nothing special
    std::uint32_t attributes = 0;  // TENON_PARALLEL ..., of the hook
    bool needs_request = false;
    bool checked = false;       // the checking host looks at every reply
    bool fails_closed = false;  // no dispatch goes on without a handler that is skipped or fails
    ReplyLayout reply;
    const Ticks* ticks = nullptr;
    Host* host = nullptr;
    std::atomic<std::uint64_t> deadline_ns{0};  // of a whole dispatch; 0: none
    std::string name;                           // "contract/hook" or "service/method"
    Roster roster;
    tenon_budget budget{};  // what the contract says
    // The contract that the checking host reads replies by, and the reply's index in it.
    std::shared_ptr<const loader::Contract> contract;
    std::uint32_t request_type = TENON_INDEX_tenon_none;
    std::uint32_t reply_type = TENON_INDEX_tenon_none;
    std::unique_ptr<Replay> replay;  // null: late subscribers get nothing

    Point();
    ~Point();
};

}  // namespace tenon::host

struct tenon_hook : tenon::host::Point {};
