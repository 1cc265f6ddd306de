// From a name to addresses.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/broker/address.h"
#include "sandbox/broker/stop.h"

namespace tenon::sandbox::broker {

// Called on threads of its own (lookup.h), on several at a time. At least one address, or a problem.
using Resolve = std::function<base::Result<std::vector<Address>>(const std::string& host, Deadline until)>;

// getaddrinfo on the calling thread. It cannot be interrupted, so the patience of this thread's DNS client is set so
// that asking each name server once ends by the deadline (but takes a second for each at least), and the search list
// is not used. Sources other than files and DNS have a patience of their own. What comes late is dropped. Problems:
// "broker.unknown-host", "broker.timeout".
base::Result<std::vector<Address>> resolve_by_system(const std::string& host, Deadline until);

}  // namespace tenon::sandbox::broker
