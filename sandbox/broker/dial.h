// Connecting, for as long as somebody has patience.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/origin.h"
#include "sandbox/broker/stop.h"

namespace tenon::sandbox::broker {

// To the first of the addresses that answers, by tcp or udp. Nothing is judged here. Problems: "broker.unreachable",
// "broker.timeout", "broker.stopped".
base::Result<base::Fd> dial(const Origin& origin, const std::vector<Address>& addresses, const Patience& patience);

// To the Unix socket that `held` holds (O_PATH). `permission`: who it is, for problems. The same problems.
base::Result<base::Fd> dial(const std::string& permission, const base::Fd& held, const Patience& patience);

}  // namespace tenon::sandbox::broker
