#include "manifest/graph.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <unordered_map>
#include <utility>

namespace tenon::manifest {
namespace {

constexpr std::size_t unplaced = static_cast<std::size_t>(-1);

Edges reversed(const Edges& edges) {
    Edges back(edges.size());
    for (std::size_t node = 0; node < edges.size(); ++node)
        for (const std::size_t target : edges[node]) back[target].push_back(node);
    return back;
}

// All nodes, each behind all that a depth-first walk reached through it.
std::vector<std::size_t> finishing_order(const Edges& edges) {
    std::vector<std::size_t> order;
    std::vector<bool> seen(edges.size());
    std::vector<std::pair<std::size_t, std::size_t>> stack;  // a node, and how many of its edges are done
    for (std::size_t start = 0; start < edges.size(); ++start) {
        if (seen[start]) continue;
        seen[start] = true;
        stack.emplace_back(start, 0);
        while (!stack.empty()) {
            auto& [node, done] = stack.back();
            if (done == edges[node].size()) {
                order.push_back(node);
                stack.pop_back();
            } else if (const std::size_t target = edges[node][done++]; !seen[target]) {
                seen[target] = true;
                stack.emplace_back(target, 0);
            }
        }
    }
    return order;
}

}  // namespace

// Kosaraju's way: what walks against the edges reach, in the reverse of the finishing order, is a component.
std::vector<std::size_t> components(const Edges& edges) {
    const Edges back = reversed(edges);
    const std::vector<std::size_t> order = finishing_order(edges);
    std::vector<std::size_t> component(edges.size(), unplaced);
    std::size_t count = 0;
    std::vector<std::size_t> stack;
    for (auto start = order.rbegin(); start != order.rend(); ++start) {
        if (component[*start] != unplaced) continue;
        stack.push_back(*start);
        component[*start] = count;
        while (!stack.empty()) {
            const std::size_t node = stack.back();
            stack.pop_back();
            for (const std::size_t target : back[node])
                if (component[target] == unplaced) {
                    component[target] = count;
                    stack.push_back(target);
                }
        }
        ++count;
    }
    return component;
}

std::vector<std::size_t> shortest_circle(const Edges& edges, const std::vector<std::size_t>& component,
                                         std::size_t node) {
    std::unordered_map<std::size_t, std::size_t> from;
    std::queue<std::size_t> reached;
    reached.push(node);
    while (!reached.empty() && !from.contains(node)) {
        const std::size_t here = reached.front();
        reached.pop();
        for (const std::size_t target : edges[here])
            if (component[target] == component[node] && from.emplace(target, here).second) reached.push(target);
    }
    if (!from.contains(node)) return {};
    std::vector<std::size_t> way{node};
    for (std::size_t here = from.at(node); here != node; here = from.at(here)) way.push_back(here);
    way.push_back(node);
    std::reverse(way.begin(), way.end());
    return way;
}

std::vector<std::size_t> needs_first(const Edges& edges, const std::vector<bool>& chosen) {
    const Edges back = reversed(edges);
    std::vector<std::size_t> waiting_for(edges.size());
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free;
    for (std::size_t node = 0; node < edges.size(); ++node) {
        if (!chosen[node]) continue;
        for (const std::size_t target : edges[node]) waiting_for[node] += chosen[target] ? 1 : 0;
        if (waiting_for[node] == 0) free.push(node);
    }
    std::vector<std::size_t> order;
    while (!free.empty()) {
        const std::size_t node = free.top();
        free.pop();
        order.push_back(node);
        for (const std::size_t user : back[node])
            if (chosen[user] && --waiting_for[user] == 0) free.push(user);
    }
    return order;
}

}  // namespace tenon::manifest
