// Plugins that run in neither kind of module: what is compared of them is that they are refused.
#pragma once

#include <string>
#include <vector>

namespace tenon::conformance {

struct Refused {
    std::string fixture;  // its name
    std::string reason;   // of its row, docs/reasons.md
};

const std::vector<Refused>& refused();

}  // namespace tenon::conformance
