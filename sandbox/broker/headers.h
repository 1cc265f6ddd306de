// What a request may say: methods and headers.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "sandbox/broker/requests.h"

namespace tenon::sandbox::broker {

// Headers that say whom a connection is with, how long it lasts or where a message ends are not the plugin's.
// Problems: "broker.bad-request", "broker.too-large".
base::Check check_request(const Fetch& request, std::uint64_t most_bytes);

// Of headers and body.
std::uint64_t bytes_of(const Headers& headers, std::string_view body);

// Without regard to case.
bool same_name(std::string_view one, std::string_view other);

// The value of the first of this name; nullptr if there is none.
const std::string* find_header(const Headers& headers, std::string_view name);

}  // namespace tenon::sandbox::broker
