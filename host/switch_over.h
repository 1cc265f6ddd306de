// The switch from one started generation of a plugin to another, with its state.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "host/inheritance.h"
#include "host/reload_record.h"
#include "host/table.h"

namespace tenon::host {

class Host;
class Plugin;

// Hands the state over as `legacy` says, and publishes `to` with those handlers in place of `from`. On a problem `from`
// serves as before. Loader's turn, not from inside of `from`. Problems: "reload.busy" (calls outlast the time they may
// keep others waiting), those of inheritance.h, "hook.order-cycle".
struct SwitchOver {
    Host& host;
    Plugin& from;
    Plugin& to;
    std::vector<PlacedHandler> handlers;
    Legacy legacy = Legacy::nothing;
    std::uint64_t freeze_timeout_ns = 0;
    ReloadRecord& record;
};
base::Check switch_over(SwitchOver&& change);

}  // namespace tenon::host
