#include "manifest/schema_defaults.h"

#include <algorithm>

#include "manifest/config_check.h"
#include "manifest/schema_apply.h"
#include "manifest/schema_json.h"
#include "manifest/schema_value.h"

namespace tenon::manifest {

bool SchemaDefaults::fill(SchemaIndex schema, Json& value) {
    const SchemaBudget::Frame frame(budget_);
    if (!budget_.spend(1) || too_large()) return false;
    way_.push_back(schema);
    const SchemaNode& node = tree_.nodes[schema];
    if (node.reference) fill(*node.reference, value);
    if (value.is_object()) fill_object(node.object, value);
    if (value.is_array()) fill_array(node.array, value);
    for (const SchemaIndex part : node.all_of) fill(part, value);
    way_.pop_back();
    return !budget_.gone() && !too_large();
}

bool SchemaDefaults::too_large() const {
    return values_ > max_settings_values || bytes_ > max_settings_bytes;
}

void SchemaDefaults::fill_object(const ObjectRules& rules, Json& object) {
    for (auto& [key, value] : object.get_ref<Json::object_t&>()) fill_property(rules, key, value);
    for (const NamedSchema& property : rules.properties) {
        if (!budget_.spend(1 + property.name.size() / 64) || object.contains(property.name)) continue;
        if (auto made = make(property.schema)) {
            bytes_ += property.name.size();
            object.emplace(property.name, std::move(*made));
        }
    }
}

void SchemaDefaults::fill_property(const ObjectRules& rules, const std::string& key, Json& value) {
    const auto named = rules.property(key);
    bool known = named.has_value();
    if (named) fill(*named, value);
    for (const PatternSchema& each : rules.patterns) {
        if (!budget_.spend(each.pattern.cost(key)) || !each.pattern.matches(key)) continue;
        known = true;
        fill(each.schema, value);
    }
    if (!known && rules.others) fill(*rules.others, value);
}

void SchemaDefaults::fill_array(const ArrayRules& rules, Json& array) {
    for (std::size_t i = 0; i < array.size() && !budget_.gone(); ++i) {
        std::optional<SchemaIndex> schema = rules.every;
        if (rules.is_tuple) schema = i < rules.leading.size() ? std::optional(rules.leading[i]) : rules.further;
        if (schema) fill(*schema, array[i]);
    }
}

SchemaIndex SchemaDefaults::target(SchemaIndex schema) const {
    while (tree_.nodes[schema].reference) schema = *tree_.nodes[schema].reference;  // not in a circle: find_circle()
    return schema;
}

// The default nearest to the property: beside a reference before that of its definition.
const nlohmann::json* SchemaDefaults::initial(SchemaIndex schema) const {
    for (;;) {
        const SchemaNode& node = tree_.nodes[schema];
        if (node.initial) return &*node.initial;
        if (!node.reference) return nullptr;
        schema = *node.reference;
    }
}

// A default; or, where there is none, an object of the defaults within if that alone is a valid one.
std::optional<nlohmann::json> SchemaDefaults::make(SchemaIndex schema) {
    if (!budget_.spend(way_.size() / 8) || too_large()) return std::nullopt;
    if (std::ranges::find(way_, schema) != way_.end()) return std::nullopt;
    const Json* start = initial(schema);
    if (start == nullptr && tree_.nodes[target(schema)].types != json_type::object) return std::nullopt;
    Json value = start == nullptr ? Json::object() : *start;
    const Extent added = extent(value);
    values_ += added.values;
    bytes_ += added.bytes;
    budget_.spend(added.values + added.bytes / 64);
    bool good = fill(schema, value);
    if (start == nullptr) good = good && !value.empty() && SchemaApplication(tree_, budget_).check(schema, value);
    return good ? std::optional(std::move(value)) : std::nullopt;
}

}  // namespace tenon::manifest
