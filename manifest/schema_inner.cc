// The keywords of a schema behind which other schemas stand, or the names of them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "manifest/schema_reader.h"
#include "manifest/schema_words.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view definitions_prefix = "#/definitions/";

// "%41" is "A"; a percent sign that is none of these stays.
std::string without_percents(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char code = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr;
        const bool escape = text[i] == '%' && digits.size() == 2 && end == digits.data() + 2;
        plain += escape ? static_cast<char>(code) : text[i];
        if (escape) i += 2;
    }
    return plain;
}

// One part of a JSON pointer: "~1" is "/" and "~0" is "~".
std::string without_tildes(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '~' && i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1');
        plain += escape ? (text[i + 1] == '1' ? '/' : '~') : text[i];
        if (escape) ++i;
    }
    return plain;
}

}  // namespace

void SchemaReader::one(const Spot& spot, std::optional<SchemaIndex>& schema) {
    schema = this->schema(spot);
}

void SchemaReader::list(const Spot& spot, std::vector<SchemaIndex>& schemas) {
    if (!expect(spot, Value::Kind::array)) return;
    if (spot.value.array.empty())
        refuse("manifest.bad-schema", spot, "an empty list says nothing", "list at least one schema");
    for (std::size_t i = 0; i < spot.value.array.size(); ++i) schemas.push_back(schema(spot.inner(i)));
}

void SchemaReader::items(const Spot& spot, ArrayRules& rules) {
    rules.is_tuple = spot.value.kind == Value::Kind::array;
    if (!rules.is_tuple) return one(spot, rules.every);
    for (std::size_t i = 0; i < spot.value.array.size(); ++i) rules.leading.push_back(schema(spot.inner(i)));
}

void SchemaReader::properties(const Spot& spot, ObjectRules& rules) {
    if (!expect(spot, Value::Kind::table)) return;
    for (const Entry& entry : spot.value.entries) rules.properties.push_back({entry.key, schema(spot.inner(entry))});
    std::ranges::sort(rules.properties, {}, &NamedSchema::name);
}

void SchemaReader::patterns(const Spot& spot, ObjectRules& rules) {
    if (!expect(spot, Value::Kind::table)) return;
    for (const Entry& entry : spot.value.entries) {
        const Spot inner = spot.inner(entry);
        const SchemaIndex index = schema(inner);
        if (auto compiled = compile(entry.key, entry.at, inner.path))
            rules.patterns.push_back({std::move(*compiled), index});
    }
}

void SchemaReader::names(const Spot& spot, std::vector<std::string>& names) {
    if (!expect(spot, Value::Kind::array)) return;
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < spot.value.array.size(); ++i) {
        const Spot name = spot.inner(i);
        if (!expect(name, Value::Kind::string)) continue;
        if (seen.insert(name.value.string).second)
            names.push_back(name.value.string);
        else
            refuse("manifest.bad-schema", name, fmt::format("{} stands twice", in_quotes(name.value.string)),
                   "remove it");
    }
}

void SchemaReader::dependencies(const Spot& spot, ObjectRules& rules) {
    if (!expect(spot, Value::Kind::table)) return;
    for (const Entry& entry : spot.value.entries) {
        SchemaDependency dependency{entry.key, {}, {}};
        if (entry.value.kind == Value::Kind::array)
            names(spot.inner(entry), dependency.keys);
        else
            one(spot.inner(entry), dependency.schema);
        rules.dependencies.push_back(std::move(dependency));
    }
}

void SchemaReader::definitions(const Spot& spot, SchemaDraft& draft) {
    if (draft.index != 0) {
        refuse("manifest.bad-schema", spot, "definitions stand at the root of a schema", "move them there");
        return;
    }
    if (!expect(spot, Value::Kind::table)) return;
    for (const Entry& entry : spot.value.entries) definitions_.emplace(entry.key, schema(spot.inner(entry)));
}

void SchemaReader::reference(const Spot& spot, SchemaDraft& draft) {
    if (!expect(spot, Value::Kind::string)) return;
    const std::string pointer = without_percents(spot.value.string);
    std::string name;
    if (pointer != "#") {
        const bool local = pointer.starts_with(definitions_prefix);
        if (local) name = pointer.substr(definitions_prefix.size());
        if (name.empty() || name.find('/') != std::string::npos) {
            refuse("manifest.bad-reference", spot, fmt::format("{} is not a reference", in_quotes(spot.value.string)),
                   "write \"#/definitions/NAME\", or \"#\" for the whole schema");
            return;
        }
    }
    references_.push_back({draft.index, without_tildes(name), spot.value.at, spot.path});
}

}  // namespace tenon::manifest
