// The defaults of a schema, put into settings.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "manifest/schema_budget.h"
#include "manifest/schema_node.h"

namespace tenon::manifest {

// Borrows the tree and the budget; what it filled in means nothing once the budget is gone. Wants documents that
// check_settings() lets through.
class SchemaDefaults {
public:
    SchemaDefaults(const SchemaTree& tree, SchemaBudget& budget) : tree_(tree), budget_(budget) {}

    // Adds the properties that are missing in the value and in what lies within. False if it could not: the budget is
    // gone, or what was added became larger than a document may be.
    bool fill(SchemaIndex schema, nlohmann::json& value);

private:
    using Json = nlohmann::json;

    bool too_large() const;
    void fill_object(const ObjectRules& rules, Json& object);
    void fill_property(const ObjectRules& rules, const std::string& key, Json& value);
    void fill_array(const ArrayRules& rules, Json& array);
    std::optional<Json> make(SchemaIndex schema);
    const Json* initial(SchemaIndex schema) const;
    SchemaIndex target(SchemaIndex schema) const;

    const SchemaTree& tree_;
    SchemaBudget& budget_;
    std::vector<SchemaIndex> way_;  // of schemas, to the value at hand: none of them is made within itself
    std::size_t values_ = 0;        // that were added
    std::size_t bytes_ = 0;
};

}  // namespace tenon::manifest
