// What a schema wants of the items of an array and the properties of an object.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "manifest/schema_apply.h"
#include "manifest/schema_json.h"
#include "manifest/schema_value.h"
#include "manifest/schema_words.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// Of the keys that a fix lists.
constexpr std::size_t most_listed = 16;

// Comparing keys, for the budget.
std::uint64_t cost(const std::string& key) {
    return 1 + key.size() / 64;
}

}  // namespace

std::optional<SchemaIndex> ObjectRules::property(std::string_view name) const {
    const auto found = std::ranges::lower_bound(properties, name, {}, &NamedSchema::name);
    if (found == properties.end() || found->name != name) return std::nullopt;
    return found->schema;
}

bool SchemaApplication::check_inner(SchemaIndex schema, SchemaPath::value_type step, const Json& value,
                                    SchemaFaults* faults) {
    path_.push_back(step);
    const bool good = check(schema, value, faults);
    path_.pop_back();
    return good;
}

bool SchemaApplication::check_array(const ArrayRules& rules, const Json& array, SchemaFaults* faults) {
    bool good = check_count(rules.count, array.size(), "item", faults);
    if (good || faults != nullptr) good &= check_items(rules, array, faults);
    if (rules.unique && (good || faults != nullptr)) good &= check_unique(array, faults);
    if (!rules.some || (!good && faults == nullptr)) return good;
    for (const Json& item : array)
        if (check(*rules.some, item)) return good;
    return refuse(faults, "config.missing-item", [&] {
        return Words{fmt::format("found {}, none of which is what \"contains\" wants", counted(array.size(), "item")),
                     "add an item of that kind"};
    });
}

bool SchemaApplication::check_items(const ArrayRules& rules, const Json& array, SchemaFaults* faults) {
    bool good = true;
    for (std::size_t i = 0; i < array.size() && (good || faults != nullptr) && !budget_.gone(); ++i) {
        std::optional<SchemaIndex> schema = rules.every;
        if (rules.is_tuple) schema = i < rules.leading.size() ? std::optional(rules.leading[i]) : rules.further;
        if (schema) good &= check_inner(*schema, i, array[i], faults);
    }
    return good;
}

// Items that are the same have the same digest: only those are compared.
bool SchemaApplication::check_unique(const Json& array, SchemaFaults* faults) {
    std::vector<std::pair<std::size_t, std::size_t>> digests;
    for (std::size_t i = 0; i < array.size(); ++i) digests.emplace_back(digest(array[i], budget_), i);
    std::ranges::sort(digests);
    for (std::size_t i = 0; i < digests.size() && !budget_.gone(); ++i)
        for (std::size_t j = i + 1; j < digests.size() && digests[j].first == digests[i].first; ++j) {
            const std::size_t first = digests[i].second;
            const std::size_t second = digests[j].second;
            if (!same(array[first], array[second], budget_)) continue;
            return refuse_inner(faults, "config.duplicate", second, [&] {
                return Words{fmt::format("found {} for the second time, as in [{}]", shown(array[second]), first),
                             "remove one of them"};
            });
        }
    return true;
}

bool SchemaApplication::check_object(const ObjectRules& rules, const Json& object, SchemaFaults* faults) {
    bool good = check_count(rules.count, object.size(), "key", faults);
    if (good || faults != nullptr) good &= check_keys(rules, object, faults);
    if (good || faults != nullptr) good &= check_properties(rules, object, faults);
    for (const SchemaDependency& dependency : rules.dependencies)
        if (good || faults != nullptr) good &= check_dependency(dependency, object, faults);
    return good;
}

bool SchemaApplication::check_keys(const ObjectRules& rules, const Json& object, SchemaFaults* faults) {
    bool good = true;
    for (const std::string& key : rules.required) {
        if (!budget_.spend(cost(key)) || object.contains(key)) continue;
        good = refuse_inner(faults, "config.missing-key", key, [&] {
            const auto schema = rules.property(key);
            const JsonTypes types = schema ? tree_.nodes[*schema].types : JsonTypes{0};
            return Words{types == 0 ? "missing" : fmt::format("missing; wanted {}", type_words(types)),
                         fmt::format("add the key {}", in_quotes(key))};
        });
    }
    return good;
}

bool SchemaApplication::check_properties(const ObjectRules& rules, const Json& object, SchemaFaults* faults) {
    bool good = true;
    for (const auto& [key, value] : object.get_ref<const Json::object_t&>()) {
        if ((!good && faults == nullptr) || !budget_.spend(cost(key))) break;
        if (rules.names) good &= check_name(*rules.names, key, faults);
        const auto named = rules.property(key);
        bool known = named.has_value();
        if (named) good &= check_inner(*named, key, value, faults);
        for (const PatternSchema& each : rules.patterns) {
            if (!matches(each.pattern, key)) continue;
            known = true;
            good &= check_inner(each.schema, key, value, faults);
        }
        if (!known && rules.others) good &= check_other(rules, key, value, faults);
    }
    return good;
}

bool SchemaApplication::check_other(const ObjectRules& rules, const std::string& key, const Json& value,
                                    SchemaFaults* faults) {
    if (!tree_.nodes[*rules.others].never) return check_inner(*rules.others, key, value, faults);
    return refuse_inner(faults, "config.unknown-key", key, [&] {
        std::vector<std::string_view> names;
        for (const NamedSchema& property : rules.properties) names.push_back(property.name);
        if (const std::string_view meant = nearest(key, names); !meant.empty())
            return Words{fmt::format("unknown key; did you mean {}?", in_quotes(meant)),
                         fmt::format("write {}", in_quotes(meant))};
        std::vector<std::string> listed;
        for (const std::string_view name : names)
            if (listed.size() < most_listed) listed.push_back(in_quotes(name));
        return Words{"unknown key", listed.empty()
                                        ? "remove it"
                                        : fmt::format("remove it; the keys here are {}{}", fmt::join(listed, ", "),
                                                      listed.size() < names.size() ? ", ..." : "")};
    });
}

bool SchemaApplication::check_name(SchemaIndex names, const std::string& key, SchemaFaults* faults) {
    const Json name(key);
    if (check(names, name)) return true;
    return refuse_inner(faults, "config.bad-key", key, [&] {
        SchemaFaults first(1);
        check(names, name, &first);
        if (first.list().empty()) return Words{};  // the budget is gone
        return Words{fmt::format("the key does not fit: {}", first.list().front().what), "write another key"};
    });
}

bool SchemaApplication::check_dependency(const SchemaDependency& dependency, const Json& object, SchemaFaults* faults) {
    if (!budget_.spend(cost(dependency.name)) || !object.contains(dependency.name)) return true;
    bool good = !dependency.schema || check(*dependency.schema, object, faults);
    for (const std::string& key : dependency.keys) {
        if (!budget_.spend(cost(key)) || object.contains(key)) continue;
        good = refuse_inner(faults, "config.missing-key", key, [&] {
            return Words{fmt::format("missing; {} needs it", in_quotes(dependency.name)),
                         fmt::format("add the key {}", in_quotes(key))};
        });
    }
    return good;
}

}  // namespace tenon::manifest
