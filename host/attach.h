// Adding a handler to a hook, by whoever does it: the table, and what late subscribers have missed.
#pragma once

#include <tenon/host.h>

#include "host/table.h"

namespace tenon::host {

// As Table::add; a hook that replays calls the handler with the last request before this returns.
base::Result<tenon_registration*> add_handler(Point& point, NewHandler handler);

// The options as this library knows them. Problem: "hook.bad-options".
base::Result<tenon_handler_options> read_options(const tenon_handler_options* options);
// What they say of the order, for a handler of `owner`, and of the budget.
manifest::HookUse use_of(const tenon_handler_options& options);

}  // namespace tenon::host
