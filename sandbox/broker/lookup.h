// A name is looked up elsewhere, so that who asks need not wait for the end of it: the C library's lookups cannot be
// interrupted.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/resolve.h"
#include "sandbox/broker/stop.h"

namespace tenon::sandbox::broker {

// Those that go on in this process, abandoned ones too; who comes then waits for one of them to end.
inline constexpr unsigned most_lookups = 32;

// Runs `resolve` on a thread of its own, which owns a copy of it and of the name. Whoever has no patience left leaves
// the thread behind. Problems: those of `resolve`, "broker.timeout", "broker.stopped".
base::Result<std::vector<Address>> look_up(const Resolve& resolve, const std::string& host, const Patience& patience);

}  // namespace tenon::sandbox::broker
