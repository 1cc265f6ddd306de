// A candidate's position is its place among all candidates sorted by id: everything below goes by positions, which is
// what makes a plan independent of the order in which files were found.
#include "manifest/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "manifest/chains.h"
#include "manifest/fitness.h"
#include "manifest/needs.h"
#include "manifest/rivals.h"
#include "manifest/standing.h"
#include "manifest/start_order.h"
#include "manifest/verdicts.h"

namespace tenon::manifest {
namespace {

std::vector<std::size_t> sorted_indices(std::span<const Candidate> candidates) {
    std::vector<std::size_t> indices(candidates.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    std::sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(candidates[a].manifest->id, candidates[a].path, a) <
               std::tie(candidates[b].manifest->id, candidates[b].path, b);
    });
    return indices;
}

void refuse_unfit(Sorted candidates, const System& system, Verdicts& verdicts) {
    for (std::size_t position = 0; position < candidates.size(); ++position)
        for (base::Problem& problem : unfit(*candidates[position], system)) verdicts.tell(position, std::move(problem));
}

void refuse_active(const Supply& supply, Verdicts& verdicts) {
    for (std::size_t position = 0; position < supply.candidates().size(); ++position) {
        const Candidate& candidate = *supply.candidates()[position];
        if (const Present* plugin = supply.active(candidate.manifest->id))
            verdicts.tell(position, {"plan.already-active",
                                     fmt::format("{}: {} {} is active already", title(candidate), plugin->id,
                                                 to_string(plugin->version)),
                                     "reload the active plugin to replace it"});
    }
}

Bonds all_bonds(Supply& supply, Verdicts& verdicts) {
    Bonds bonds;
    for (std::size_t position = 0; position < supply.candidates().size(); ++position)
        bonds.push_back(supply.bonds_of(position, verdicts));
    return bonds;
}

// Circles are looked for among all first, so that nothing hides them; then among those who are left, because a way out
// of a circle may have been refused.
void refuse_in_turn(Chains& chains, const Verdicts& verdicts) {
    chains.spread();
    chains.refuse_circles(verdicts.unrefused());
    chains.spread();
}

StartOrder plan_positions(Supply& supply, const Surroundings& around, Verdicts& verdicts) {
    // The first wave.
    refuse_unfit(supply.candidates(), around.system, verdicts);
    Rivals rivals(supply.candidates(), around.policy, verdicts);
    rivals.settle_ids();
    refuse_active(supply, verdicts);
    rivals.settle_shared_names();
    const Bonds bonds = all_bonds(supply, verdicts);
    Chains chains(supply, bonds, verdicts);
    chains.refuse_circles(std::vector<bool>(bonds.size(), true));
    refuse_in_turn(chains, verdicts);
    // The second and the third.
    const std::vector<bool> standing = refuse_replaced(supply, verdicts.unrefused(), verdicts);
    refuse_conflicts(supply, standing, verdicts);
    refuse_in_turn(chains, verdicts);

    const std::vector<bool> starters = verdicts.unrefused();
    return start_order(supply, bonds, starters, chains.places(starters));
}

}  // namespace

Plan make_plan(std::span<const Candidate> candidates, const Surroundings& around) {
    const std::vector<std::size_t> indices = sorted_indices(candidates);
    std::vector<const Candidate*> sorted;
    for (const std::size_t index : indices) sorted.push_back(&candidates[index]);
    Supply supply(sorted, around.offers, around.present);
    Verdicts verdicts(sorted);
    StartOrder start = plan_positions(supply, around, verdicts);
    Plan plan;
    for (const std::size_t position : start.order) plan.order.push_back(indices[position]);
    for (Link& link : start.links) {
        link.candidate = indices[link.candidate];
        link.provider = indices[link.provider];
        plan.links.push_back(std::move(link));
    }
    for (std::size_t position = 0; position < indices.size(); ++position)
        for (base::Problem& problem : verdicts.problems(position))
            plan.refusals.push_back({indices[position], std::move(problem)});
    return plan;
}

}  // namespace tenon::manifest
