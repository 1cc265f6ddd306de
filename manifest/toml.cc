// The only place that knows toml++.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "manifest/diagnostics.h"
#include "manifest/tree.h"
#include "manifest/words.h"

// The library's assertions stay on in every build, and are refusals: a text that the guard lets through and the library
// does not expect must not end the process.
namespace tenon::manifest {
struct Unexpected {};
constexpr void require(bool holds) {
    if (!holds) throw Unexpected();
}
}  // namespace tenon::manifest

#undef NDEBUG
#define TOML_ASSERT(condition) ::tenon::manifest::require(static_cast<bool>(condition))
#define TOML_EXCEPTIONS 1
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

namespace tenon::manifest {
namespace {

Location location(const toml::source_region& region) {
    return {std::max<std::uint32_t>(region.begin.line, 1), std::max<std::uint32_t>(region.begin.column, 1)};
}

Value::Kind kind(toml::node_type type) {
    switch (type) {
        case toml::node_type::string:
            return Value::Kind::string;
        case toml::node_type::integer:
            return Value::Kind::integer;
        case toml::node_type::floating_point:
            return Value::Kind::floating;
        case toml::node_type::boolean:
            return Value::Kind::boolean;
        case toml::node_type::array:
            return Value::Kind::array;
        case toml::node_type::table:
            return Value::Kind::table;
        default:
            return Value::Kind::date_time;
    }
}

// Recursion is bounded by guard().
Value convert(const toml::node& node) {
    Value value;
    value.kind = kind(node.type());
    value.at = location(node.source());
    if (const auto* string = node.as_string()) value.string = string->get();
    if (const auto* integer = node.as_integer()) value.integer = integer->get();
    if (const auto* floating = node.as_floating_point()) value.floating = floating->get();
    if (const auto* boolean = node.as_boolean()) value.boolean = boolean->get();
    if (const auto* array = node.as_array())
        for (const toml::node& element : *array) value.array.push_back(convert(element));
    if (const auto* table = node.as_table()) {
        for (auto&& [key, element] : *table)
            value.entries.push_back({std::string(key.str()), location(key.source()), convert(element)});
        std::sort(value.entries.begin(), value.entries.end(),
                  [](const Entry& a, const Entry& b) { return std::tie(a.at, a.key) < std::tie(b.at, b.key); });
    }
    return value;
}

}  // namespace

std::string_view kind_name(Value::Kind kind) {
    switch (kind) {
        case Value::Kind::string:
            return "a string";
        case Value::Kind::integer:
            return "an integer";
        case Value::Kind::floating:
            return "a float";
        case Value::Kind::boolean:
            return "a boolean";
        case Value::Kind::date_time:
            return "a date or time";
        case Value::Kind::array:
            return "an array";
        case Value::Kind::table:
            return "a table";
        case Value::Kind::null:
            return "null";
    }
    return "nothing";
}

base::Result<Value> read_toml(std::string_view toml, std::string_view file) {
    const auto refusal = [&](Location at, std::string_view why) {
        return base::Problem{"manifest.syntax", fmt::format("{}not TOML: {}", place(file, at), printable(why, 300)),
                             "write it as https://toml.io/en/v1.0.0 says"};
    };
    try {
        return convert(toml::parse(toml));
    } catch (const toml::parse_error& error) {
        return refusal(location(error.source()), error.description());
    } catch (const Unexpected&) {
        return refusal({1, 1}, "the TOML library cannot read it");
    }
}

}  // namespace tenon::manifest
