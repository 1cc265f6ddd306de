// A schema applied to settings.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "manifest/schema_budget.h"
#include "manifest/schema_fault.h"
#include "manifest/schema_node.h"

namespace tenon::manifest {

// Borrows the tree and the budget; what it says means nothing once the budget is gone. Wants documents that
// check_settings() lets through.
class SchemaApplication {
public:
    SchemaApplication(const SchemaTree& tree, SchemaBudget& budget) : tree_(tree), budget_(budget) {}

    // Whether the schema admits the value. With `faults` all that is wrong is said there; without, it stops at the
    // first.
    bool check(SchemaIndex schema, const nlohmann::json& value, SchemaFaults* faults = nullptr);

private:
    using Json = nlohmann::json;

    bool check_type(JsonTypes types, const Json& value, SchemaFaults* faults);
    bool check_choice(const SchemaNode& node, const Json& value, SchemaFaults* faults);
    bool check_shape(const SchemaNode& node, const Json& value, SchemaFaults* faults);
    bool check_number(const NumberRules& rules, const Json& value, SchemaFaults* faults);
    bool check_string(const StringRules& rules, const std::string& text, SchemaFaults* faults);
    bool check_array(const ArrayRules& rules, const Json& array, SchemaFaults* faults);
    bool check_items(const ArrayRules& rules, const Json& array, SchemaFaults* faults);
    bool check_unique(const Json& array, SchemaFaults* faults);
    bool check_object(const ObjectRules& rules, const Json& object, SchemaFaults* faults);
    bool check_properties(const ObjectRules& rules, const Json& object, SchemaFaults* faults);
    bool check_other(const ObjectRules& rules, const std::string& key, const Json& value, SchemaFaults* faults);
    bool check_name(SchemaIndex names, const std::string& key, SchemaFaults* faults);
    bool check_keys(const ObjectRules& rules, const Json& object, SchemaFaults* faults);
    bool check_dependency(const SchemaDependency& dependency, const Json& object, SchemaFaults* faults);
    bool check_count(const CountRules& rules, std::size_t count, std::string_view thing, SchemaFaults* faults);
    bool check_combinations(const SchemaNode& node, const Json& value, SchemaFaults* faults);
    bool check_alternatives(const std::vector<SchemaIndex>& schemas, bool only_one, const Json& value,
                            SchemaFaults* faults);
    bool check_condition(const SchemaNode& node, const Json& value, SchemaFaults* faults);
    std::string why_none(const std::vector<SchemaIndex>& schemas, const Json& value);
    bool matches(const SchemaPattern& pattern, const std::string& text);

    struct Words {
        std::string what, fix;
    };
    // Says it if there is somebody to say it to; only then the words
    // are looked for. False.
    template <class Say>
    bool refuse(SchemaFaults* faults, std::string_view id, Say&& say) {
        if (faults == nullptr || faults->count_if_full()) return false;
        Words words = say();
        faults->add(id, path_, std::move(words.what), std::move(words.fix));
        return false;
    }
    // The same about something within the value at hand.
    template <class Say>
    bool refuse_inner(SchemaFaults* faults, std::string_view id, SchemaPath::value_type step, Say&& say) {
        path_.push_back(step);
        refuse(faults, id, say);
        path_.pop_back();
        return false;
    }
    // The check of a value within the one at hand.
    bool check_inner(SchemaIndex schema, SchemaPath::value_type step, const Json& value, SchemaFaults* faults);

    const SchemaTree& tree_;
    SchemaBudget& budget_;
    SchemaPath path_;
};

}  // namespace tenon::manifest
