// What is left of a schema once it is read: nodes in one list, which name each other by number. So nothing here is
// recursive, and a schema that refers to itself is a cycle of numbers.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "manifest/schema_format.h"
#include "manifest/schema_pattern.h"

namespace tenon::manifest {

// The place of a node in SchemaTree::nodes.
using SchemaIndex = std::uint32_t;

// A set of the types of JSON, one bit each. An integer is a number, too.
namespace json_type {
enum : std::uint8_t { null = 1, boolean = 2, integer = 4, number = 8, string = 16, array = 32, object = 64 };
}
using JsonTypes = std::uint8_t;

struct NumberRules {
    std::optional<nlohmann::json> minimum, maximum, above, below, multiple_of;  // finite numbers; the last above zero
};

struct CountRules {
    std::optional<std::uint64_t> least, most;
};

struct StringRules {
    CountRules length;  // code points
    std::optional<SchemaPattern> pattern;
    const SchemaFormat* format = nullptr;
};

struct ArrayRules {
    CountRules count;
    bool unique = false;
    std::optional<SchemaIndex> every;    // "items", one schema
    std::vector<SchemaIndex> leading;    // "items", one schema for each place
    bool is_tuple = false;               // which of the two
    std::optional<SchemaIndex> further;  // "additionalItems"
    std::optional<SchemaIndex> some;     // "contains"
};

struct NamedSchema {
    std::string name;
    SchemaIndex schema;
};

struct PatternSchema {
    SchemaPattern pattern;
    SchemaIndex schema;
};

// If there is the key `name`, there have to be the others, and the whole has to fit the schema.
struct SchemaDependency {
    std::string name;
    std::vector<std::string> keys;
    std::optional<SchemaIndex> schema;
};

struct ObjectRules {
    CountRules count;
    std::vector<NamedSchema> properties;  // sorted by name
    std::vector<PatternSchema> patterns;
    std::optional<SchemaIndex> others;  // "additionalProperties"
    std::optional<SchemaIndex> names;
    std::vector<std::string> required;
    std::vector<SchemaDependency> dependencies;

    // The schema that stands in "properties" under this name.
    std::optional<SchemaIndex> property(std::string_view name) const;
};

struct SchemaNode {
    bool never = false;                      // the schema `false`
    std::optional<SchemaIndex> reference;    // the node it stands for: all but `initial` is empty then
    JsonTypes types = 0;                     // none: any
    std::optional<nlohmann::json> constant;  // "const"
    std::optional<nlohmann::json> choices;   // "enum", an array
    std::optional<nlohmann::json> initial;   // "default"
    NumberRules number;
    StringRules string;
    ArrayRules array;
    ObjectRules object;
    std::vector<SchemaIndex> all_of, any_of, one_of;
    std::optional<SchemaIndex> none_of, condition, consequence, alternative;  // "not", "if", "then", "else"
};

struct SchemaTree {
    std::vector<SchemaNode> nodes;  // the root is the first
    nlohmann::json document;
};

}  // namespace tenon::manifest
