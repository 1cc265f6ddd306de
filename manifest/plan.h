// Who starts, and in which order.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/problem.h"
#include "manifest/manifest.h"

namespace tenon::manifest {

// A contract that somebody offers.
struct Offer {
    std::string contract;
    Version version;
    std::string by;  // a plugin's id; empty: the host
};

// A plugin that wants to start. The manifest is borrowed for the call.
struct Candidate {
    const Manifest* manifest = nullptr;
    std::string path;
    std::vector<Offer> offers;  // contracts that this plugin offers itself; their `by` is not read
};

// A plugin that is active already.
struct Present {
    std::string id;
    Version version;
};

// `candidate` is an index into the candidates. A candidate can have several.
struct Refusal {
    std::size_t candidate;
    base::Problem problem;
};

// Every candidate is either in `order` once, or has a refusal at least.
struct Plan {
    std::vector<std::size_t> order;  // indices of candidates: start them one after the other
    std::vector<Refusal> refusals;   // by id, then path
};

// A plugin starts after the plugins that it depends on, and after those that offer a contract it uses; among the free
// ones the smallest id goes first, so that the same files give the same plan, in whatever order they were found.
// An optional dependency, or the offer of a contract that the host offers as well, orders only: it never refuses, and
// gives way where it would close a circle. `host_offers` may name active plugins in `by`.
// Problems: "plan.already-active", "plan.duplicate-id", "plan.dependency-missing", "plan.dependency-version",
// "plan.dependency-refused", "plan.contract-missing", "plan.contract-version", "plan.contract-refused", "plan.cycle".
// Takes time in proportion to the input, but for the search of a name that resembles a missing one. Any thread.
Plan make_plan(std::span<const Candidate> candidates, std::span<const Offer> host_offers,
               std::span<const Present> present);

}  // namespace tenon::manifest
