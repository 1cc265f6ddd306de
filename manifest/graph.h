// The little that a plan needs of graphs. Nodes are numbers from 0; edges[n] are the nodes that n needs.
#pragma once

#include <cstddef>
#include <vector>

namespace tenon::manifest {

using Edges = std::vector<std::vector<std::size_t>>;

// For each node the number of its strongly connected component: two nodes share it exactly if each needs the other,
// directly or not. Does not recurse.
std::vector<std::size_t> components(const Edges& edges);

// A shortest way from the node back to itself, both ends included; empty if there is none. Looks at the node's
// component only.
std::vector<std::size_t> shortest_circle(const Edges& edges, const std::vector<std::size_t>& component,
                                         std::size_t node);

// The chosen nodes, each behind those that it needs, the smallest number first among the free ones. Between chosen
// nodes there must be no circle.
std::vector<std::size_t> needs_first(const Edges& edges, const std::vector<bool>& chosen);

}  // namespace tenon::manifest
