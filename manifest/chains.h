// Who falls with whom: circles, and those that need a refused candidate. Private to the plan.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "manifest/graph.h"
#include "manifest/needs.h"
#include "manifest/verdicts.h"

namespace tenon::manifest {

// The web of bonds that must hold. Each want counts its providers down as they are refused; the last one takes all who
// need the want with it. Borrows everything. For one thread.
class Chains {
public:
    Chains(const Supply& supply, const Bonds& bonds, Verdicts& verdicts);

    // Refuses those of the judged who need themselves in the end: a circle that some need leads out of is none.
    void refuse_circles(const std::vector<bool>& judged);
    // Refuses in turn those that need somebody who was refused.
    void spread();
    // A sequence in which the chosen could start, each after one that meets each of its needs, the smallest position
    // first: its place for each candidate, nowhere for those that a circle holds back.
    std::vector<std::size_t> places(const std::vector<bool>& chosen) const;

private:
    // Candidates by position, then wants, so that everything stays as small as the manifests are.
    std::size_t node(std::size_t want) const { return bonds_.size() + want; }
    Edges blocked(const std::vector<bool>& judged, const std::vector<std::size_t>& place) const;
    void tell_circles(const Edges& edges, const std::vector<std::size_t>& component, const std::vector<bool>& judged);
    std::string circle_text(const Edges& edges, const std::vector<std::size_t>& component, std::size_t position,
                            const std::vector<bool>& judged) const;
    std::vector<std::size_t> refused_providers(const Want& want) const;
    void refuse_users(std::size_t want);

    const Supply& supply_;
    const Bonds& bonds_;
    Verdicts& verdicts_;
    std::vector<std::vector<std::size_t>> users_;  // of each want: who requires it
    std::vector<std::vector<std::size_t>> meets_;  // of each candidate: the wants that it provides
    std::vector<std::size_t> left_;                // of each want: providers that are not refused
    std::vector<std::size_t> circle_;              // of each node: the number of its circle, or nowhere
    std::size_t circles_ = 0;
};

}  // namespace tenon::manifest
