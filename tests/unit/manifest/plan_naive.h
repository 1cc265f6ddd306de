// The rules of a plan a second time, written down as plainly as possible: sets, all pairs, again until nothing changes.
// Shares nothing with manifest/plan.cc but versions and ranges.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "manifest/plan.h"

namespace tenon::manifest {

struct NaivePlan {
    std::vector<std::size_t> order;
    std::vector<std::multiset<std::string>> told;  // of each candidate: the ids of its refusals
    std::set<std::tuple<std::size_t, std::size_t, std::string, bool>> links;
};

// For a handful of candidates; takes time with the third power of their number.
NaivePlan naive_plan(std::span<const Candidate> candidates, const Surroundings& around);

}  // namespace tenon::manifest
