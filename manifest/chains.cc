// A want is met as soon as one of its providers can start. So a candidate can start exactly if it is reached from those
// without needs, counting down the unmet wants of each; who is not reached is in a circle or waits for one. Among these
// the strongly connected components are the circles. All walks are loops over queues and take each bond once.
#include "manifest/chains.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <queue>

namespace tenon::manifest {
namespace {

// Longer circles are not spelt out: nobody reads the ways through a tangle, and finding them takes long.
constexpr std::size_t longest_circle = 32;
// So many of those that would meet a need are named with their reasons.
constexpr std::size_t most_reasons = 4;

}  // namespace

Chains::Chains(const Supply& supply, const Bonds& bonds, Verdicts& verdicts)
    : supply_(supply), bonds_(bonds), verdicts_(verdicts) {
    const std::vector<Want>& wants = supply.wants();
    users_.resize(wants.size());
    left_.resize(wants.size());
    meets_.resize(bonds.size());
    circle_.assign(bonds.size() + wants.size(), nowhere);
    for (std::size_t position = 0; position < bonds.size(); ++position)
        for (const Bond& bond : bonds[position])
            if (bond.required) users_[bond.want].push_back(position);
    for (std::size_t want = 0; want < wants.size(); ++want) {
        left_[want] = wants[want].providers.size();
        for (const std::size_t provider : wants[want].providers) meets_[provider].push_back(want);
    }
}

std::vector<std::size_t> Chains::places(const std::vector<bool>& chosen) const {
    std::vector<std::size_t> place(bonds_.size(), nowhere);
    std::vector<std::size_t> waiting(bonds_.size());
    std::vector<bool> met(users_.size());
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free;
    for (std::size_t position = 0; position < bonds_.size(); ++position) {
        for (const Bond& bond : bonds_[position]) waiting[position] += bond.required ? 1 : 0;
        if (chosen[position] && waiting[position] == 0) free.push(position);
    }
    for (std::size_t next = 0; !free.empty(); ++next) {
        const std::size_t position = free.top();
        free.pop();
        place[position] = next;
        for (const std::size_t want : meets_[position]) {
            if (met[want]) continue;
            met[want] = true;
            for (const std::size_t user : users_[want])
                if (--waiting[user] == 0 && chosen[user]) free.push(user);
        }
    }
    return place;
}

// From each judged candidate that cannot start to the wants that hold it back, and from these to whom they wait for.
Edges Chains::blocked(const std::vector<bool>& judged, const std::vector<std::size_t>& place) const {
    Edges edges(circle_.size());
    for (std::size_t want = 0; want < users_.size(); ++want) {
        const std::vector<std::size_t>& providers = supply_.wants()[want].providers;
        const auto starts = [&](std::size_t provider) { return place[provider] != nowhere; };
        if (std::any_of(providers.begin(), providers.end(), starts)) continue;
        for (const std::size_t user : users_[want])
            if (judged[user]) edges[user].push_back(node(want));
        for (const std::size_t provider : providers)
            if (judged[provider]) edges[node(want)].push_back(provider);
    }
    return edges;
}

void Chains::refuse_circles(const std::vector<bool>& judged) {
    const std::vector<std::size_t> place = places(judged);
    const auto held_back = [&](std::size_t position) { return judged[position] && place[position] == nowhere; };
    std::size_t first = 0;
    while (first < place.size() && !held_back(first)) ++first;
    if (first == place.size()) return;
    const Edges edges = blocked(judged, place);
    const std::vector<std::size_t> component = components(edges);
    std::vector<std::size_t> nodes(edges.size());
    for (const std::size_t one : component) ++nodes[one];
    for (std::size_t at = 0; at < edges.size(); ++at)
        if (nodes[component[at]] > 1) circle_[at] = circles_ + component[at];
    tell_circles(edges, component, judged);
    circles_ += edges.size();
}

// All texts before the first is told: in none of them is one of the circle refused already.
void Chains::tell_circles(const Edges& edges, const std::vector<std::size_t>& component,
                          const std::vector<bool>& judged) {
    std::vector<std::size_t> members(edges.size());
    for (std::size_t position = 0; position < bonds_.size(); ++position) ++members[component[position]];
    std::vector<std::pair<std::size_t, std::string>> texts;
    for (std::size_t position = 0; position < bonds_.size(); ++position) {
        if (circle_[position] != circles_ + component[position]) continue;
        const std::size_t count = members[component[position]];
        texts.emplace_back(position, count > longest_circle ? fmt::format("{} plugins need each other", count)
                                                            : circle_text(edges, component, position, judged));
    }
    for (const auto& [position, text] : texts)
        verdicts_.tell(
            position,
            {"plan.cycle", fmt::format("{} needs itself in the end: {}", title(*supply_.candidates()[position]), text),
             "make one of these dependencies optional"});
}

// "org.a -> org.b -> org.a", and who would have led out of it.
std::string Chains::circle_text(const Edges& edges, const std::vector<std::size_t>& component, std::size_t position,
                                const std::vector<bool>& judged) const {
    std::string text;
    std::string ways_out;
    for (const std::size_t at : shortest_circle(edges, component, position)) {
        if (at < bonds_.size()) {
            text += fmt::format("{}{}", text.empty() ? "" : " -> ", supply_.candidates()[at]->manifest->id);
            continue;
        }
        const Want& want = supply_.wants()[at - bonds_.size()];
        if (!ways_out.empty()) continue;
        for (const std::size_t provider : refused_providers(want))
            if (!judged[provider])
                ways_out +=
                    fmt::format("; {}, which would do for {}, is refused: {}",
                                supply_.candidates()[provider]->manifest->id, want.text(), verdicts_.reason(provider));
    }
    return text + ways_out;
}

void Chains::spread() {
    const std::vector<std::size_t> fresh = verdicts_.take_fresh();
    std::deque<std::size_t> refused(fresh.begin(), fresh.end());
    while (!refused.empty()) {
        const std::size_t provider = refused.front();
        refused.pop_front();
        for (const std::size_t want : meets_[provider])
            if (--left_[want] == 0) refuse_users(want);
        const std::vector<std::size_t> more = verdicts_.take_fresh();
        refused.insert(refused.end(), more.begin(), more.end());
    }
}

// A few, of each id one. Who merely made way for another file is not the root of the matter: it comes last.
std::vector<std::size_t> Chains::refused_providers(const Want& want) const {
    std::vector<std::size_t> named;
    const auto& id = [&](std::size_t provider) -> const std::string& {
        return supply_.candidates()[provider]->manifest->id;
    };
    for (const bool superseded : {false, true})
        for (const std::size_t provider : want.providers) {
            if (named.size() == most_reasons) return named;
            if (!verdicts_.refused(provider) || (verdicts_.reason_id(provider) == "plan.superseded") != superseded)
                continue;
            if (std::none_of(named.begin(), named.end(), [&](std::size_t other) { return id(other) == id(provider); }))
                named.push_back(provider);
        }
    return named;
}

void Chains::refuse_users(std::size_t number) {
    const Want& want = supply_.wants()[number];
    std::string because;
    std::string repair;
    for (const std::size_t provider : refused_providers(want)) {
        const std::string& id = supply_.candidates()[provider]->manifest->id;
        if (!because.empty())
            because += fmt::format("; {}, which would do, is refused: ", id);
        else if (want.contract)
            because = fmt::format(" of {}, which is refused: ", id);
        else
            because = fmt::format("{}, which is refused: ", id == want.id ? "" : " provided by " + id);
        because += verdicts_.reason(provider);
        repair += (repair.empty() ? "repair " : " or ") + id;
    }
    for (const std::size_t user : users_[number]) {
        // The members of a circle have been told about the circle.
        if (circle_[user] != nowhere && circle_[user] == circle_[node(number)]) continue;
        verdicts_.tell(
            user, {want.contract ? "plan.contract-refused" : "plan.dependency-refused",
                   fmt::format("{} needs {}{}", title(*supply_.candidates()[user]), want.text(), because), repair});
    }
}

}  // namespace tenon::manifest
