// One handler at one point (a hook, or a method of a service).
#pragma once

#include <tenon/plugin.h>

#include <atomic>
#include <cstdint>

#include "host/cells.h"
#include "host/monitor.h"
#include "host/order.h"

namespace tenon::host {

class Plugin;
class Handover;
struct Point;

// Bits of tenon_registration::word. A handler whose low bits are all 0 is simply called; for any other the slow way
// asks what is to be done.
enum : std::uint32_t {
    word_gone = 1,          // withdrawn: not called any more
    word_skipped = 2,       // by its breaker
    word_probed = 4,        // the breaker is asked before each call
    word_serialized = 8,    // one call of its plugin at a time
    word_observes = 16,     // sees the value and does not change it
    word_timed = 32,        // every call is timed exactly
    word_first = 64,        // was never called: what that costs is not charged
    word_moved = 128,       // its calls wait, or belong to the next generation of its plugin: handover.h knows
    word_new = 256,         // published just now: whoever meets it says so (slots.h)
    word_attention = 0x1ff  // any of these
};
// The breaker's generation, modulo 2^23, is above them.
inline constexpr std::uint32_t word_generation_shift = 9;

}  // namespace tenon::host

// Owned by the table as long as it is registered, then until the last snapshot with it is gone. `word` and `monitor`
// are used by any thread, what says so under the table's lock; all else is constant while published.
struct tenon_registration {
    std::atomic<std::uint32_t> word{tenon::host::word_first};
    tenon_handler_fn fn = nullptr;
    void* self = nullptr;
    tenon::host::Point* point = nullptr;
    tenon::host::Plugin* plugin = nullptr;  // null: the application's own
    tenon::host::Place place;               // among the handlers of its point; its owner is the plugin's id
    tenon::host::Number number;             // of its counts, in every slot
    tenon::host::MonitorSettings settings;  // that the monitor began with
    tenon::host::Monitor monitor;

    // Of its plugin's change to another generation; set before word_moved is, or before `handover` says so. The
    // successor is null where that generation has nothing in this place.
    std::atomic<tenon::host::Handover*> handover{nullptr};
    std::atomic<tenon_registration*> successor{nullptr};

    // Under the table's lock. It is freed when it is withdrawn and no chunk names it; a predecessor counts as one.
    mutable std::uint32_t chunks = 0;
    tenon_registration *older = nullptr, *newer = nullptr;  // of the same plugin
    bool held_back = false;  // not in the roster yet: its plugin is not the generation that serves
    bool withdrawn = false;

    // Of a plugin that stands by, or has done so: it is not freed before the plugin is gone, which may hold it as a
    // handle. Where the plugin serves again, another registration has come in its place, unless the plugin removed it.
    bool is_kept = false;
    bool removed = false;
    tenon_registration* reborn = nullptr;
    std::uint64_t reborn_tag = 0;
};
