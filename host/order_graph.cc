#include "host/order_graph.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <unordered_map>

#include "manifest/graph.h"

namespace tenon::host {

// The ranks that a name means: of all handlers of an owner, or of those that have the name.
class OrderGraph::Names {
public:
    explicit Names(const OrderGraph& graph) {
        for (std::size_t rank = 0; rank < graph.size(); ++rank) {
            const Place& place = graph.place(rank);
            ranks_[place.owner].push_back(rank);
            if (!place.name.empty()) ranks_[place.owner + "#" + place.name].push_back(rank);
        }
    }

    // nullptr if there is nobody.
    const std::vector<std::size_t>* of(const std::string& name) const {
        const auto found = ranks_.find(name);
        return found == ranks_.end() ? nullptr : &found->second;
    }

private:
    std::unordered_map<std::string, std::vector<std::size_t>> ranks_;
};

OrderGraph::OrderGraph(Places places) : places_(places), by_rank_(places.size()), wishes_(places.size()) {
    std::iota(by_rank_.begin(), by_rank_.end(), std::size_t{0});
    std::sort(by_rank_.begin(), by_rank_.end(), [&](std::size_t a, std::size_t b) {
        if (runs_before(*places[a], *places[b])) return true;
        return a < b && !runs_before(*places[b], *places[a]);
    });
    const auto wishes = [](const Place* place) { return !place->before.empty() || !place->after.empty(); };
    if (std::none_of(places.begin(), places.end(), wishes)) return;
    const Names names(*this);
    for (std::size_t rank = 0; rank < size(); ++rank)
        for (const bool after : {false, true}) add_wishes(names, rank, after);
}

void OrderGraph::add_wishes(const Names& names, std::size_t rank, bool after) {
    const Place& own = place(rank);
    for (const std::string& name : after ? own.after : own.before) {
        const std::vector<std::size_t>* const others = names.of(name);
        if (others == nullptr) {
            missing_.push_back({by_rank_[rank], after, name});
            continue;
        }
        for (const std::size_t other : *others)
            if (other != rank || name != own.owner)
                add(after ? Wish{other, rank, true, &name} : Wish{rank, other, false, &name});
    }
}

// What leads from a later phase to an earlier one is a circle by itself; so the other wishes need no help to keep the
// phases apart, because the rank does.
void OrderGraph::add(const Wish& wish) {
    if (place(wish.from).phase <= place(wish.to).phase)
        wishes_[wish.from].push_back(wish);
    else if (!contradiction_)
        contradiction_ = wish;
}

std::vector<std::size_t> OrderGraph::order() const {
    std::vector<std::size_t> waiting_for(size());
    for (const std::vector<Wish>& wishes : wishes_)
        for (const Wish& wish : wishes) ++waiting_for[wish.to];
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t rank = 0; rank < size(); ++rank)
        if (waiting_for[rank] == 0) ready.push(rank);
    std::vector<std::size_t> order;
    order.reserve(size());
    while (!ready.empty()) {
        const std::size_t rank = ready.top();
        ready.pop();
        order.push_back(rank);
        for (const Wish& wish : wishes_[rank])
            if (--waiting_for[wish.to] == 0) ready.push(wish.to);
    }
    return order;
}

std::vector<Wish> OrderGraph::circle() const {
    manifest::Edges edges(size());
    for (std::size_t rank = 0; rank < size(); ++rank)
        for (const Wish& wish : wishes_[rank]) edges[rank].push_back(wish.to);
    const std::vector<std::size_t> component = manifest::components(edges);
    std::vector<std::size_t> ranks;
    for (std::size_t rank = 0; rank < size() && ranks.empty(); ++rank)
        ranks = manifest::shortest_circle(edges, component, rank);
    std::vector<Wish> circle;
    for (std::size_t i = 0; i + 1 < ranks.size(); ++i) {
        const std::vector<Wish>& wishes = wishes_[ranks[i]];
        circle.push_back(
            *std::find_if(wishes.begin(), wishes.end(), [&](const Wish& wish) { return wish.to == ranks[i + 1]; }));
    }
    return circle;
}

std::vector<Wish> OrderGraph::way(std::size_t from, std::size_t to) const {
    std::vector<const Wish*> by(size());
    std::queue<std::size_t> reached;
    reached.push(from);
    while (!reached.empty() && by[to] == nullptr) {
        for (const Wish& wish : wishes_[reached.front()]) {
            if (by[wish.to] != nullptr) continue;
            by[wish.to] = &wish;
            reached.push(wish.to);
        }
        reached.pop();
    }
    std::vector<Wish> way;
    for (const Wish* wish = by[to]; wish != nullptr; wish = by[wish->from]) way.push_back(*wish);
    std::reverse(way.begin(), way.end());
    return way;
}

}  // namespace tenon::host
