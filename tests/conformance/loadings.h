// What the rows of a transcript say became of a plugin when it was loaded.
#pragma once

#include <set>
#include <string>

namespace tenon::conformance {

struct Loadings {
    unsigned active = 0;            // in so many settings
    std::set<std::string> reasons;  // of those in which it was not; "" for a row without a reason
};

Loadings loadings_of(const std::string& transcript, const std::string& plugin);

}  // namespace tenon::conformance
