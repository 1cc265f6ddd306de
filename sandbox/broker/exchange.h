// One request over one connection, to addresses that have been judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/requests.h"
#include "sandbox/broker/stop.h"
#include "sandbox/broker/url.h"

namespace tenon::sandbox::broker {

struct Exchange {
    const Fetch& request;  // method, headers, body
    const Url& url;
    const std::vector<Address>& addresses;  // no other is dialled
    std::uint64_t response_bytes;
    Patience patience;
    const std::string& authorities;
};

// Redirects are answers here. Blocks until the deadline, or until it is stopped. `received` is what came, also where
// nothing is made of it. Problems: "broker.unreachable", "broker.timeout", "broker.stopped", "broker.too-large".
base::Result<Fetched> exchange(const Exchange& order, std::uint64_t& received);

}  // namespace tenon::sandbox::broker
