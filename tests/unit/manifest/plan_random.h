// Random sets of plugins: few ids, so that they meet.
#pragma once

#include <deque>
#include <random>
#include <string>
#include <vector>

#include "manifest/plan.h"

namespace tenon::manifest {

// Owns the manifests that its candidates refer to.
struct RandomSet {
    std::deque<Manifest> manifests;
    std::vector<Candidate> candidates;
    std::vector<Offer> offers;
    std::vector<Present> present;
    System system;
    Policy policy;

    Surroundings around() const { return {offers, present, system, policy}; }
};

// Two to eight candidates with different paths. Some sets are dense with relations and defects, some are nearly sound.
RandomSet random_set(std::mt19937& random);

}  // namespace tenon::manifest
