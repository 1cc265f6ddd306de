// A candidate's position is its place among all candidates sorted by id: every list below is in that order, which is
// what makes a plan independent of the order in which files were found.
#include "manifest/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <tuple>

#include "manifest/graph.h"
#include "manifest/needs.h"

namespace tenon::manifest {
namespace {

// Longer ones are not spelt out in texts.
constexpr std::size_t most_paths = 16;
constexpr std::size_t longest_circle = 32;
constexpr std::size_t longest_reason = 1000;

std::vector<std::size_t> sorted_indices(std::span<const Candidate> candidates) {
    std::vector<std::size_t> indices(candidates.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    std::sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(candidates[a].manifest->id, candidates[a].path, a) <
               std::tie(candidates[b].manifest->id, candidates[b].path, b);
    });
    return indices;
}

class Planner {
public:
    Planner(std::span<const Candidate* const> candidates, Supply supply)
        : candidates_(candidates), supply_(std::move(supply)), problems_(candidates.size()), hard_(candidates.size()) {}

    void run();
    std::vector<std::size_t> order() const;
    base::Problems& problems(std::size_t position) { return problems_[position]; }

private:
    void refuse_active_and_duplicate();
    void find_needs();
    void refuse_circles();
    std::string circle_text(std::size_t position, std::size_t members) const;
    void refuse_dependants();
    void refuse_for(const Need& need, std::size_t position);

    std::span<const Candidate* const> candidates_;
    Supply supply_;
    std::vector<Needs> needs_;
    std::vector<base::Problems> problems_;
    Edges hard_;
    std::vector<std::size_t> component_;
};

void Planner::run() {
    refuse_active_and_duplicate();
    find_needs();
    refuse_circles();
    refuse_dependants();
}

void Planner::refuse_active_and_duplicate() {
    for (std::size_t position = 0; position < candidates_.size(); ++position) {
        const Candidate& candidate = *candidates_[position];
        const std::string& id = candidate.manifest->id;
        if (const Present* plugin = supply_.active(id))
            problems_[position].push_back(
                {"plan.already-active",
                 fmt::format("{}: {} {} is active already", title(candidate), id, to_string(plugin->version)),
                 "reload the active plugin to replace it"});
        const auto& same = supply_.with_id(id);
        if (same.size() < 2) continue;
        std::string paths;
        for (std::size_t i = 0; i < std::min(same.size(), most_paths); ++i)
            paths += fmt::format("{}{}", i == 0 ? "" : ", ", candidates_[same[i]]->path);
        problems_[position].push_back(
            {"plan.duplicate-id",
             fmt::format("{}: {} files have the id {}: {}", title(candidate), same.size(), id, paths),
             "keep one of the files"});
    }
}

void Planner::find_needs() {
    for (std::size_t position = 0; position < candidates_.size(); ++position) {
        Needs& needs = needs_.emplace_back(supply_.needs_of(position));
        std::move(needs.unmet.begin(), needs.unmet.end(), std::back_inserter(problems_[position]));
        for (const Need& need : needs.needs)
            hard_[position].insert(hard_[position].end(), need.providers.begin(), need.providers.end());
        std::sort(hard_[position].begin(), hard_[position].end());
    }
    component_ = components(hard_);
}

void Planner::refuse_circles() {
    std::vector<std::size_t> members(candidates_.size());
    for (const std::size_t component : component_) ++members[component];
    for (std::size_t position = 0; position < candidates_.size(); ++position) {
        if (members[component_[position]] < 2 &&
            std::find(hard_[position].begin(), hard_[position].end(), position) == hard_[position].end())
            continue;
        problems_[position].push_back({"plan.cycle",
                                       fmt::format("{} needs itself in the end: {}", title(*candidates_[position]),
                                                   circle_text(position, members[component_[position]])),
                                       "make one of these dependencies optional"});
    }
}

// "org.a -> org.b -> org.a". Nobody reads the ways through a tangle of hundreds, and finding them takes long.
std::string Planner::circle_text(std::size_t position, std::size_t members) const {
    if (members > longest_circle) return fmt::format("{} plugins need each other", members);
    std::string way;
    for (const std::size_t member : shortest_circle(hard_, component_, position))
        way += fmt::format("{}{}", way.empty() ? "" : " -> ", candidates_[member]->manifest->id);
    return way;
}

// Each need counts its providers down as they are refused; the last one takes the dependant with it. Inside a circle
// every member has been told about the circle already.
void Planner::refuse_dependants() {
    std::vector<std::vector<std::pair<std::size_t, std::size_t>>> users(candidates_.size());  // dependant, need
    std::vector<std::vector<std::size_t>> left(candidates_.size());
    std::deque<std::size_t> refused;
    for (std::size_t position = 0; position < candidates_.size(); ++position) {
        if (!problems_[position].empty()) refused.push_back(position);
        for (std::size_t i = 0; i < needs_[position].needs.size(); ++i) {
            const auto& providers = needs_[position].needs[i].providers;
            left[position].push_back(providers.size());
            for (const std::size_t provider : providers)
                if (component_[provider] != component_[position]) users[provider].emplace_back(position, i);
        }
    }
    while (!refused.empty()) {
        const std::size_t provider = refused.front();
        refused.pop_front();
        for (const auto& [user, need] : users[provider]) {
            if (--left[user][need] > 0) continue;
            if (problems_[user].empty()) refused.push_back(user);
            refuse_for(needs_[user].needs[need], user);
        }
    }
}

void Planner::refuse_for(const Need& need, std::size_t position) {
    const std::size_t provider = need.providers.front();
    const std::string& because = problems_[provider].front().text;
    const Candidate& candidate = *candidates_[position];
    const std::string of = need.contract ? fmt::format(" of {}", candidates_[provider]->manifest->id) : "";
    problems_[position].push_back(
        {need.contract ? "plan.contract-refused" : "plan.dependency-refused",
         fmt::format("{} needs {}{}, which is refused: {}", title(candidate), need.what, of,
                     because.size() > longest_reason ? fmt::format("see {}", title(*candidates_[provider])) : because),
         fmt::format("repair {}", candidates_[provider]->manifest->id)});
}

// Wishes between plugins that would wait for each other are dropped; all others hold.
std::vector<std::size_t> Planner::order() const {
    std::vector<bool> starts(candidates_.size());
    for (std::size_t position = 0; position < candidates_.size(); ++position)
        starts[position] = problems_[position].empty();
    Edges edges(candidates_.size());
    for (std::size_t position = 0; position < candidates_.size(); ++position) {
        if (!starts[position]) continue;
        edges[position] = hard_[position];
        for (const std::size_t other : needs_[position].rather_after)
            if (starts[other]) edges[position].push_back(other);
    }
    const std::vector<std::size_t> component = components(edges);
    for (std::size_t position = 0; position < candidates_.size(); ++position)
        if (starts[position])
            std::erase_if(edges[position], [&](std::size_t other) {
                return component[other] == component[position] &&
                       !std::binary_search(hard_[position].begin(), hard_[position].end(), other);
            });
    return needs_first(edges, starts);
}

}  // namespace

Plan make_plan(std::span<const Candidate> candidates, const Surroundings& around) {
    const std::vector<std::size_t> indices = sorted_indices(candidates);
    std::vector<const Candidate*> sorted;
    for (const std::size_t index : indices) sorted.push_back(&candidates[index]);
    Planner planner(sorted, Supply(sorted, around.offers, around.present));
    planner.run();
    Plan plan;
    for (const std::size_t position : planner.order()) plan.order.push_back(indices[position]);
    for (std::size_t position = 0; position < indices.size(); ++position)
        for (base::Problem& problem : planner.problems(position))
            plan.refusals.push_back({indices[position], std::move(problem)});
    return plan;
}

}  // namespace tenon::manifest
