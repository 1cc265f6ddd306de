// What a schema wants of a value as such, and how schemas are combined.
#include "manifest/schema_apply.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/schema_json.h"
#include "manifest/schema_number.h"
#include "manifest/schema_value.h"
#include "manifest/schema_words.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

using nlohmann::json;

// Of the alternatives that none of fits, so many are explained, each in so many bytes.
constexpr std::size_t most_explained = 4;
constexpr std::size_t longest_explanation = 160;

JsonTypes types_of(const json& value) {
    switch (value.type()) {
        case json::value_t::null:
            return json_type::null;
        case json::value_t::boolean:
            return json_type::boolean;
        case json::value_t::string:
            return json_type::string;
        case json::value_t::array:
            return json_type::array;
        case json::value_t::object:
            return json_type::object;
        default:
            return is_integer(value) ? json_type::number | json_type::integer : json_type::number;
    }
}

}  // namespace

bool SchemaApplication::check(SchemaIndex schema, const Json& value, SchemaFaults* faults) {
    const SchemaBudget::Frame frame(budget_);
    if (!budget_.spend(1)) return false;
    const SchemaNode& node = tree_.nodes[schema];
    if (node.reference) return check(*node.reference, value, faults);
    if (node.never)
        return refuse(faults, "config.excluded",
                      [&] { return Words{fmt::format("found {}, wanted nothing here", shown(value)), "remove it"}; });
    // What is wrong as a whole is not looked at closely.
    if (!check_type(node.types, value, faults) || !check_choice(node, value, faults)) return false;
    const bool good = check_shape(node, value, faults);
    if (!good && faults == nullptr) return false;
    return check_combinations(node, value, faults) && good;
}

bool SchemaApplication::check_type(JsonTypes types, const Json& value, SchemaFaults* faults) {
    if (types == 0 || (types & types_of(value)) != 0) return true;
    return refuse(faults, "config.wrong-type", [&] {
        return Words{fmt::format("found {}, wanted {}", shown(value), type_words(types)),
                     fmt::format("write {}", type_words(types))};
    });
}

bool SchemaApplication::check_choice(const SchemaNode& node, const Json& value, SchemaFaults* faults) {
    if (node.constant && !same(value, *node.constant, budget_))
        return refuse(faults, "config.bad-choice", [&] {
            return Words{fmt::format("found {}, wanted {}", shown(value), shown(*node.constant)),
                         fmt::format("write {}", shown(*node.constant))};
        });
    if (!node.choices) return true;
    for (const Json& choice : *node.choices)
        if (same(value, choice, budget_)) return true;
    return refuse(faults, "config.bad-choice", [&] {
        const std::string_view meant = nearest_choice(value, *node.choices);
        return Words{fmt::format("found {}, wanted one of {}", shown(value), list_words(*node.choices)),
                     meant.empty() ? "write one of them" : fmt::format("write {}", in_quotes(meant))};
    });
}

bool SchemaApplication::check_shape(const SchemaNode& node, const Json& value, SchemaFaults* faults) {
    if (value.is_number()) return check_number(node.number, value, faults);
    if (const auto* text = value.get_ptr<const std::string*>()) return check_string(node.string, *text, faults);
    if (value.is_array()) return check_array(node.array, value, faults);
    if (value.is_object()) return check_object(node.object, value, faults);
    return true;
}

bool SchemaApplication::check_number(const NumberRules& rules, const Json& value, SchemaFaults* faults) {
    const auto want = [&](bool holds, std::string_view what, const std::optional<Json>& limit) {
        return holds || refuse(faults, "config.out-of-range", [&] {
                   return Words{fmt::format("found {}, wanted {} {}", value.dump(), what, limit->dump()),
                                fmt::format("write {} {}", what, limit->dump())};
               });
    };
    const Exact number = exact(value);
    bool good = want(!rules.minimum || number >= exact(*rules.minimum), "at least", rules.minimum);
    good &= want(!rules.maximum || number <= exact(*rules.maximum), "at most", rules.maximum);
    good &= want(!rules.above || number > exact(*rules.above), "more than", rules.above);
    good &= want(!rules.below || number < exact(*rules.below), "less than", rules.below);
    good &= want(!rules.multiple_of || is_multiple(value, *rules.multiple_of), "a multiple of", rules.multiple_of);
    return good;
}

bool SchemaApplication::check_count(const CountRules& rules, std::size_t count, std::string_view thing,
                                    SchemaFaults* faults) {
    const auto want = [&](bool holds, std::string_view what, std::optional<std::uint64_t> limit) {
        return holds || refuse(faults, "config.bad-size", [&] {
                   return Words{fmt::format("found {}, wanted {} {}", counted(count, thing), what, *limit),
                                fmt::format("write {} {}", what, counted(*limit, thing))};
               });
    };
    const bool enough = want(!rules.least || count >= *rules.least, "at least", rules.least);
    return want(!rules.most || count <= *rules.most, "at most", rules.most) && enough;
}

bool SchemaApplication::check_string(const StringRules& rules, const std::string& text, SchemaFaults* faults) {
    budget_.spend(text.size() / 64);
    bool good = true;
    if (rules.length.least || rules.length.most) good = check_count(rules.length, length(text), "character", faults);
    if (rules.pattern && !matches(*rules.pattern, text))
        good = refuse(faults, "config.bad-text", [&] {
            return Words{
                fmt::format("found {}, wanted the pattern {}", in_quotes(text, 40), in_quotes(rules.pattern->text())),
                "write a text that matches it"};
        });
    if (rules.format != nullptr && !rules.format->admits(text))
        good = refuse(faults, "config.bad-text", [&] {
            return Words{fmt::format("found {}, wanted the format {}", in_quotes(text, 40), rules.format->name),
                         fmt::format("write it as in \"{}\"", rules.format->example)};
        });
    return good;
}

bool SchemaApplication::matches(const SchemaPattern& pattern, const std::string& text) {
    return budget_.spend(pattern.cost(text)) && pattern.matches(text);
}

bool SchemaApplication::check_combinations(const SchemaNode& node, const Json& value, SchemaFaults* faults) {
    bool good = true;
    for (const SchemaIndex schema : node.all_of)
        if (good || faults != nullptr) good &= check(schema, value, faults);
    if (!good && faults == nullptr) return false;
    if (!node.any_of.empty()) good &= check_alternatives(node.any_of, false, value, faults);
    if (!node.one_of.empty()) good &= check_alternatives(node.one_of, true, value, faults);
    if (node.none_of && check(*node.none_of, value))
        good = refuse(faults, "config.excluded", [&] {
            return Words{fmt::format("found {}, which is excluded", shown(value)), "write another value"};
        });
    return check_condition(node, value, faults) && good;
}

bool SchemaApplication::check_condition(const SchemaNode& node, const Json& value, SchemaFaults* faults) {
    if (!node.condition || (!node.consequence && !node.alternative)) return true;
    const auto& then = check(*node.condition, value) ? node.consequence : node.alternative;
    return !then || check(*then, value, faults);
}

bool SchemaApplication::check_alternatives(const std::vector<SchemaIndex>& schemas, bool only_one, const Json& value,
                                           SchemaFaults* faults) {
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < schemas.size() && fitting.size() < (only_one ? 2 : 1); ++i)
        if (check(schemas[i], value)) fitting.push_back(i + 1);
    if (fitting.size() == 1) return true;
    if (fitting.empty())
        return refuse(faults, "config.no-alternative", [&] {
            return Words{fmt::format("found {}, which fits none of {}: {}", shown(value),
                                     counted(schemas.size(), "alternative"), why_none(schemas, value)),
                         "write what one of them wants"};
        });
    return refuse(faults, "config.ambiguous", [&] {
        return Words{fmt::format("found {}, which fits the alternatives {} and {}, wanted exactly one of {}",
                                 shown(value), fitting[0], fitting[1], schemas.size()),
                     "write what one of them alone wants"};
    });
}

std::string SchemaApplication::why_none(const std::vector<SchemaIndex>& schemas, const Json& value) {
    const std::string here = dotted_path(path_);
    std::string text;
    for (std::size_t i = 0; i < std::min(schemas.size(), most_explained); ++i) {
        SchemaFaults first(1);
        check(schemas[i], value, &first);
        if (first.list().empty()) break;  // the budget is gone
        const SchemaFault& fault = first.list().front();
        const std::string why = fault.dotted == here ? fault.what : fmt::format("{}: {}", fault.dotted, fault.what);
        text += fmt::format("{}({}) {}", i == 0 ? "" : "; ", i + 1, printable(why, longest_explanation));
    }
    return schemas.size() > most_explained ? text + "; ..." : text;
}

}  // namespace tenon::manifest
