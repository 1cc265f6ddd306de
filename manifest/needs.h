// What the candidates of a plan need, and who goes by which name. Private to the plan.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "manifest/plan.h"
#include "manifest/verdicts.h"

namespace tenon::manifest {

// A plugin or a contract in a range: one for all who ask for the same.
struct Want {
    bool contract;
    std::string_view id;
    const Range* range;
    bool there = false;                    // the host or an active plugin meets it
    std::vector<std::size_t> providers{};  // the candidates that meet it, ascending, each once

    std::string text() const;  // "org.b ^2", "contract org.c ^1"
};

// What ties a candidate to a want.
struct Bond {
    std::size_t want;
    bool required;  // false: for the order only
};

// The bonds of each candidate, in the order of its manifest: dependencies, then contracts.
using Bonds = std::vector<std::vector<Bond>>;

// Who goes by the id of a plugin: a candidate or an active plugin, because it is its own or because it provides it.
struct Holder {
    const Present* active;  // null: a candidate
    std::size_t candidate;
    const Version* version;  // as which it goes by the id
    bool own;
};

// Who offers a contract.
struct Offerer {
    const Offer* offer;
    std::size_t candidate;  // nowhere: the host or an active plugin
};

// Candidates, active plugins and offers by name. Borrows everything. For one thread.
class Supply {
public:
    Supply(Sorted candidates, std::span<const Offer> host_offers, std::span<const Present> present);

    Sorted candidates() const { return candidates_; }
    // The bonds of a candidate. What nobody meets is told.
    std::vector<Bond> bonds_of(std::size_t position, Verdicts& verdicts);
    // The number of a want; it is made when it is asked for the first time.
    std::size_t want(bool contract, std::string_view id, const Range& range);
    const std::vector<Want>& wants() const { return wants_; }
    // Active plugins first, then candidates by position.
    std::span<const Holder> holders(std::string_view id) const;
    const Present* active(std::string_view id) const;

private:
    // All that goes by one id, of plugins or of contracts.
    struct Name {
        std::vector<Holder> holders;
        std::vector<Offerer> offerers;
        std::map<std::string_view, std::size_t> wants;  // by the text of the range
    };
    using Names = std::unordered_map<std::string_view, Name>;

    void bind(std::size_t position, std::size_t want, bool optional, std::vector<Bond>& bonds, Verdicts& verdicts);
    base::Problem missing_dependency(const Want& want, const std::string& who);
    base::Problem missing_contract(const Want& want, const std::string& who);
    std::string found_versions(std::string_view id) const;
    std::string offered_versions(std::string_view contract) const;
    std::string suggestion(bool contract, std::string_view id);

    Sorted candidates_;
    Names plugins_;
    Names contracts_;
    std::vector<Want> wants_;
    std::map<std::pair<bool, std::string_view>, std::string> suggestions_;  // given before
    std::size_t comparisons_ = 0;                                           // of names, for suggestions
};

}  // namespace tenon::manifest
