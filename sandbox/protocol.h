// What a host and a worker say to each other, on lanes (lane.h) and on the control socket.
//
// On a lane the host makes calls, and the worker's thread ends each with `returned` or `threw`. In between the worker
// may ask for things, one at a time, each of which the host answers; before it answers it may make another call, which
// the worker's thread runs on top of the one that asks. On a lane upwards the worker's thread begins: it asks for
// something outside of any call.
//
// The worker believes the host. The host believes nothing: whatever is not as it stands here ends the worker.
#pragma once

#include <tenon/entry.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::sandbox {

inline constexpr int control_descriptor = 3;             // of the control socket in the worker
inline constexpr int bell_descriptor = 4;                // an eventfd, which the worker writes: so many lanes upwards
inline constexpr int first_door = 5;                     // of its control groups, if it has any
inline constexpr std::uint32_t lane_room = 68 * 1024;    // bytes of a frame: 64 KiB and what goes with them
inline constexpr std::uint64_t most_bytes = 256u << 20;  // of a letter; larger ones do not cross
inline constexpr std::uint64_t most_annex_bytes = 1u << 30;  // of all lanes of a worker, both ways
inline constexpr std::uint32_t most_lanes = 64;              // downwards: calls that a worker runs at once
// Beside those of the plugin: the first, one for each lane more, the one that attends, the one that looks at files.
inline constexpr std::uint64_t own_threads = most_lanes + 3;
inline constexpr std::uint32_t most_lanes_upwards = 16;  // threads of the plugin that ask at once
inline constexpr std::uint64_t most_handlers = 65'536;   // and services and methods, of one worker
// What a worker that crashes says first.
inline constexpr char last_words_begin[] = "tenon-worker: ended by SIG";

enum class Kind : std::uint32_t {
    none,
    // The host's calls. Those of the life cycle are on lane 0.
    open,  // load the plugin: `returned` has its Entry, or a refusal
    create,
    start,
    stop,
    destroy,
    save_state,
    restore_state,
    apply_journal,
    close,     // unload the plugin and end
    invoke,    // a handler or a method
    run_body,  // of tenon_plugin_ops.run
    // The worker's ends of them.
    returned,
    threw,  // an exception, with its words if it is a std::exception
    // What the worker asks for: in any call ...
    fail,
    next,
    emit,
    hook,
    service,
    defer,
    // ... in create and start ...
    init_service,
    init_hook,
    init_folder,
    init_fail,
    // ... and anywhere.
    log,
    add_handler,
    remove_handler,
    run,
    journal,
    complete,
    is_cancelled,
    request,  // tenon_plugin_ops.request
    room,     // memory for a letter that is too large for the lane
    // The host's answer to that.
    answer,
};

// The beginning of every letter. Numbers of the side that writes it; what has no meaning for a kind is 0.
struct Head {
    Kind kind = Kind::none;
    std::int32_t status = 0;
    std::uint64_t call = 0;         // which call this belongs to: the host counts them on each lane
    std::uint64_t target = 0;       // what is called or meant: a number that the other side has given
    std::uint64_t detail = 0;       // a method, a level, a size
    std::uint64_t deadline_ns = 0;  // of a call, CLOCK_MONOTONIC; UINT64_MAX: none
    std::uint64_t annex = 0;        // bytes of the annex that has the parts; 0: they follow the head
    std::uint32_t sizes[3] = {};    // bytes of the parts, each of which begins at a multiple of 16
    std::uint32_t present = 0;      // bit i: part i is there, perhaps empty
};
static_assert(sizeof(Head) == 64);
inline constexpr std::size_t most_parts = 3;

// A message of the control socket, always from the host; some come with descriptors.
struct Control {
    enum class What : std::uint32_t {
        none,
        order,          // one descriptor: a region of `size` bytes that the host wrote, an encoded Order
        lane,           // two: the host's outbox and the worker's
        lane_up,        // two, the same
        annex_of_host,  // one: a region of `size` bytes for `lane`
        annex_of_worker,
        file,  // one: a file that a request opened on `lane`; its answer follows
    };
    What what = What::none;
    std::uint32_t lane = 0;
    std::uint64_t size = 0;
};
static_assert(sizeof(Control) == 16);
inline constexpr std::uint32_t upwards = 0x8000'0000u;  // in Control::lane: of the lanes upwards

// What a worker is to load.
struct Order {
    std::string library;                // the private copy
    std::string origin;                 // of which file it is a copy, for messages
    std::vector<tenon_record> offered;  // the contracts that the plugin knows, as they are on offer
    std::string policy;                 // that binds it: an encoded Policy; empty: none
};
std::string encode(const Order& order);
std::optional<Order> decode_order(std::string_view bytes);

// What a plugin has, as its worker says.
struct Entry {
    struct Handler {
        std::string contract, hook;
        std::uint64_t target = 0;
    };
    struct Service {
        std::string id;
        std::vector<std::uint64_t> methods;  // targets; 0: not implemented
    };
    std::uint32_t slots = 0;  // bit by bit what its tenon_lifecycle has: Slot
    std::vector<Handler> handlers;
    std::vector<Service> services;
};
enum Slot : std::uint32_t {
    slot_create = 1,
    slot_start = 2,
    slot_stop = 4,
    slot_destroy = 8,
    slot_save_state = 16,
    slot_restore_state = 32,
    slot_apply_journal = 64,
};
std::string encode(const Entry& entry);
std::optional<Entry> decode_entry(std::string_view bytes);

}  // namespace tenon::sandbox
