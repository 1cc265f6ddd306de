// In which order those start who are left, and why. Private to the plan.
#pragma once

#include <cstddef>
#include <vector>

#include "manifest/needs.h"

namespace tenon::manifest {

// Of positions instead of indices of candidates.
struct StartOrder {
    std::vector<std::size_t> order;
    std::vector<Link> links;
};

// `place` comes from Chains::places(starters): a sequence in which they could start.
StartOrder start_order(const Supply& supply, const Bonds& bonds, const std::vector<bool>& starters,
                       const std::vector<std::size_t>& place);

}  // namespace tenon::manifest
