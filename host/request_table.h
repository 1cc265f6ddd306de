// A request as the table [permissions] that asks for it. The kinds of requests are here; what stands behind the kind is
// for those to judge who read manifests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "manifest/tree.h"

namespace tenon::host {

struct RequestFault {
    std::string why;
    std::string fix;
};
// The table, or what is wrong.
struct RequestReading {
    manifest::Value table;
    std::optional<RequestFault> fault;
};

RequestReading read_request(std::string_view request);

}  // namespace tenon::host
