// The schema of a plugin's settings: the table [config] of its manifest. docs/config.md describes the format.
#pragma once

#include <memory>
#include <utility>

namespace tenon::manifest {

struct SchemaTree;

// What settings may be. A value: copies share what was read, which nothing changes; any thread. config_check.h has what
// can be done with one.
class ConfigSchema {
public:
    // Not null.
    explicit ConfigSchema(std::shared_ptr<const SchemaTree> tree) : tree_(std::move(tree)) {}

    const SchemaTree& tree() const { return *tree_; }

private:
    std::shared_ptr<const SchemaTree> tree_;
};

}  // namespace tenon::manifest
