// A name is looked up elsewhere, so that who asks need not wait for the end of it: the C library's lookups cannot be
// interrupted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/resolve.h"
#include "sandbox/broker/stop.h"

namespace tenon::sandbox::broker {

// Those that go on in all of the host, and for one that lookups_of() has made, abandoned ones too; who comes then waits
// for one of them to end.
inline constexpr unsigned most_lookups = 32;
inline constexpr unsigned most_lookups_of_one = 4;

// Blocks until the addresses of the host are known. Whoever has no patience left leaves the thread that looks it up
// behind. Any thread. Problems: those of Resolve, "broker.timeout", "broker.stopped".
using LookUp = std::function<base::Result<std::vector<Address>>(const std::string& host, const Patience& patience)>;

// Runs `resolve` on threads of its own, which own a copy of it and of the name. For one plugin: it and its copies take
// no more of the lookups than are one's.
LookUp lookups_of(Resolve resolve = resolve_by_system);

}  // namespace tenon::sandbox::broker
