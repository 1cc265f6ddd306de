// Schemas that refer to themselves are fine as long as each turn goes one value deeper into the settings, which end
// somewhere. A circle without such a step has no meaning, and would never end.
#include <vector>

#include "manifest/schema_reader.h"

namespace tenon::manifest {
namespace {

// The schemas that are applied to the same value as this one.
std::vector<SchemaIndex> beside(const SchemaNode& node) {
    std::vector<SchemaIndex> all;
    for (const auto* list : {&node.all_of, &node.any_of, &node.one_of})
        all.insert(all.end(), list->begin(), list->end());
    for (const auto& one : {node.reference, node.none_of, node.condition, node.consequence, node.alternative})
        if (one) all.push_back(*one);
    for (const SchemaDependency& dependency : node.object.dependencies)
        if (dependency.schema) all.push_back(*dependency.schema);
    return all;
}

enum class Visit : std::uint8_t { none, open, done };

struct Step {
    SchemaIndex node;
    std::vector<SchemaIndex> rest;
};

}  // namespace

std::optional<SchemaIndex> find_circle(const SchemaTree& tree) {
    std::vector<Visit> visits(tree.nodes.size(), Visit::none);
    for (SchemaIndex first = 0; first < tree.nodes.size(); ++first) {
        std::vector<Step> way;  // in place of recursion: it may be long
        const auto enter = [&](SchemaIndex node) {
            visits[node] = Visit::open;
            way.push_back({node, beside(tree.nodes[node])});
        };
        if (visits[first] == Visit::none) enter(first);
        while (!way.empty()) {
            Step& last = way.back();
            if (last.rest.empty()) {
                visits[last.node] = Visit::done;
                way.pop_back();
                continue;
            }
            const SchemaIndex next = last.rest.back();
            last.rest.pop_back();
            if (visits[next] == Visit::none)
                enter(next);
            else if (visits[next] == Visit::open)
                for (auto step = way.rbegin();; ++step)
                    if (tree.nodes[step->node].reference) return step->node;
        }
    }
    return std::nullopt;
}

}  // namespace tenon::manifest
