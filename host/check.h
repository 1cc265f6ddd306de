// The checking host: looks for what a plugin must not do (abi.md, rules 14 and 16). Costs time; off by default.
#pragma once

#include "host/dispatch.h"

namespace tenon::host {

// Walks what a handler has left in the reply, by its descriptor. A string or span that lies in the plugin's own image
// would dangle after unloading: it is reported as a violation, and the status is given back unchanged.
std::int32_t check_reply(Level& call, Point& point, std::int32_t status, const void* reply) noexcept;

}  // namespace tenon::host
