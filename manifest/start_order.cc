// Everybody waits for all who meet its needs, and then for all whom it would like to wait for, as far as that closes no
// circle. Needs first: where alternatives need each other, those hold that agree with the sequence in which everybody
// starts after one of them at least. Then wishes: one that is part of a circle of needs and wishes is dropped.
#include "manifest/start_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/graph.h"

namespace tenon::manifest {
namespace {

class Waits {
public:
    Waits(const Supply& supply, const Bonds& bonds, const std::vector<bool>& starters)
        : supply_(supply), bonds_(bonds), starters_(starters), must_(bonds.size()), kept_(bonds.size()) {}

    void take_needs(const std::vector<std::size_t>& place);
    void take_wishes();
    StartOrder order() const;

private:
    // Calls visit(position, provider, bond) for each pair of starters.
    template <class Visit>
    void each_pair(std::size_t position, Visit visit) const {
        if (!starters_[position]) return;
        for (const Bond& bond : bonds_[position])
            for (const std::size_t provider : supply_.wants()[bond.want].providers)
                if (starters_[provider] && provider != position) visit(provider, bond);
    }
    bool must(std::size_t position, std::size_t provider) const {
        return std::binary_search(must_[position].begin(), must_[position].end(), provider);
    }
    bool kept(std::size_t position, std::size_t provider) const {
        return std::binary_search(kept_[position].begin(), kept_[position].end(), provider);
    }

    const Supply& supply_;
    const Bonds& bonds_;
    const std::vector<bool>& starters_;
    Edges must_;  // needs that hold, ascending
    Edges kept_;  // and wishes
};

void sort_all(Edges& edges) {
    for (std::vector<std::size_t>& targets : edges) {
        std::sort(targets.begin(), targets.end());
        targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
    }
}

void Waits::take_needs(const std::vector<std::size_t>& place) {
    for (std::size_t position = 0; position < bonds_.size(); ++position)
        each_pair(position, [&](std::size_t provider, const Bond& bond) {
            if (bond.required) must_[position].push_back(provider);
        });
    sort_all(must_);
    const std::vector<std::size_t> component = components(must_);
    for (std::size_t position = 0; position < bonds_.size(); ++position)
        std::erase_if(must_[position], [&](std::size_t provider) {
            return component[provider] == component[position] && place[provider] > place[position];
        });
}

void Waits::take_wishes() {
    kept_ = must_;
    for (std::size_t position = 0; position < bonds_.size(); ++position)
        each_pair(position, [&](std::size_t provider, const Bond& bond) {
            if (!bond.required) kept_[position].push_back(provider);
        });
    sort_all(kept_);
    const std::vector<std::size_t> component = components(kept_);
    for (std::size_t position = 0; position < bonds_.size(); ++position)
        std::erase_if(kept_[position], [&](std::size_t provider) {
            return component[provider] == component[position] && !must(position, provider);
        });
}

StartOrder Waits::order() const {
    StartOrder out;
    out.order = needs_first(kept_, starters_);
    for (const std::size_t position : out.order)
        each_pair(position, [&](std::size_t provider, const Bond& bond) {
            if (!(bond.required ? must(position, provider) : kept(position, provider))) return;
            const Want& want = supply_.wants()[bond.want];
            out.links.push_back({position, provider,
                                 fmt::format("{}{}", want.contract ? "" : "dependency ", want.text()), bond.required});
        });
    return out;
}

}  // namespace

StartOrder start_order(const Supply& supply, const Bonds& bonds, const std::vector<bool>& starters,
                       const std::vector<std::size_t>& place) {
    Waits waits(supply, bonds, starters);
    waits.take_needs(place);
    waits.take_wishes();
    return waits.order();
}

}  // namespace tenon::manifest
