// What the candidates of a plan need, and which of them provide it. Private to plan.cc.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/plan.h"

namespace tenon::manifest {

// A requirement that other candidates meet: it fails when all of them are refused.
struct Need {
    std::string what;                    // "org.b ^2", "contract org.c ^1"
    bool contract = false;               // a contract, or a plugin
    std::vector<std::size_t> providers;  // positions of candidates, at least one
};

// What a candidate's requirements came to.
struct Needs {
    std::vector<Need> needs;
    std::vector<std::size_t> rather_after;  // positions of candidates: for the order only
    base::Problems unmet;                   // what nobody provides
};

// Candidates by a name, and what is there beside them. Borrows everything; candidates are given by position.
class Supply {
public:
    Supply(std::span<const Candidate* const> candidates, std::span<const Offer> host_offers,
           std::span<const Present> present);

    Needs needs_of(std::size_t position);

    // The positions of the candidates with this id, more than one if it is there twice.
    const std::vector<std::size_t>& with_id(std::string_view id) const;
    const Present* active(std::string_view id) const;

private:
    using CandidateOffer = std::pair<std::size_t, const Offer*>;

    void meet(const Dependency& dependency, std::size_t position, Needs& out);
    void meet(const ContractUse& use, std::size_t position, Needs& out);
    base::Problem dependency_missing(const Dependency& dependency, std::size_t position);
    base::Problem contract_missing(const ContractUse& use, std::size_t position) const;
    std::string found_versions(std::string_view id) const;
    std::string offered_versions(std::string_view contract) const;
    std::string_view similar_id(std::string_view id);

    std::span<const Candidate* const> candidates_;
    std::map<std::string_view, std::vector<std::size_t>> by_id_;
    std::map<std::string_view, const Present*> present_;
    std::map<std::string_view, std::vector<const Offer*>> host_offers_;
    std::map<std::string_view, std::vector<CandidateOffer>> candidate_offers_;
    std::map<std::string_view, std::string_view> similar_;  // answers given before
};

// "org.a 1.2.0 (path)"
std::string title(const Candidate& candidate);

}  // namespace tenon::manifest
