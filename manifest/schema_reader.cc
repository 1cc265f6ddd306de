// The frame of a schema: its keywords, the schemas in it, and what can only be said at its end.
#include "manifest/schema_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "manifest/schema_apply.h"
#include "manifest/schema_defaults.h"
#include "manifest/schema_json.h"
#include "manifest/schema_words.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// What may stand beside a "$ref": nothing that would have to be checked.
constexpr std::array<std::string_view, 7> beside_reference{"$ref",    "$schema",  "$comment",   "title",
                                                           "default", "examples", "description"};

std::string_view meant_keyword(std::string_view word) {
    std::vector<std::string_view> names;
    for (const SchemaKeyword& keyword : schema_keywords()) names.push_back(keyword.name);
    return nearest(word, names);
}

const Entry* find(const Value& table, std::string_view key) {
    for (const Entry& entry : table.entries)
        if (entry.key == key) return &entry;
    return nullptr;
}

}  // namespace

Spot Spot::inner(std::size_t index) const {
    return {value.array[index], fmt::format("{}[{}]", path, index)};
}

bool SchemaReader::refuse(std::string_view id, const Spot& spot, std::string_view what, std::string fix) {
    out_.add(id, spot.value.at, spot.path, what, std::move(fix));
    return false;
}

SchemaIndex SchemaReader::schema(const Spot& spot) {
    SchemaDraft draft{static_cast<SchemaIndex>(tree_.nodes.size()), {}};
    if (draft.index == most_schemas || depth_ == most_nested_schemas) {
        refuse("manifest.too-deep", spot,
               draft.index == most_schemas ? fmt::format("more than {} schemas", most_schemas)
                                           : fmt::format("more than {} schemas in one another", most_nested_schemas),
               "no settings need so many: put what repeats into \"definitions\"");
        return 0;
    }
    tree_.nodes.emplace_back();
    ++depth_;
    if (spot.value.kind == Value::Kind::boolean)
        draft.node.never = !spot.value.boolean;
    else if (spot.value.kind == Value::Kind::table)
        keywords(spot, draft);
    else
        refuse("manifest.wrong-type", spot,
               fmt::format("found {}, wanted a schema: a table or a boolean", kind_name(spot.value.kind)),
               "write a table of keywords, as in { type = \"string\" }");
    --depth_;
    tree_.nodes[draft.index] = std::move(draft.node);
    return draft.index;
}

void SchemaReader::keywords(const Spot& spot, SchemaDraft& draft) {
    for (const Entry& entry : spot.value.entries) {
        const auto known = schema_keywords();
        const auto keyword = std::ranges::find(known, std::string_view(entry.key), &SchemaKeyword::name);
        if (keyword != known.end()) {
            keyword->read(*this, spot.inner(entry), draft);
            continue;
        }
        const std::string_view meant = meant_keyword(entry.key);
        out_.add("manifest.unknown-key", entry.at, key_path(spot.path, entry.key),
                 meant.empty() ? "unknown keyword" : fmt::format("unknown keyword; did you mean \"{}\"?", meant),
                 meant.empty() ? "remove it; docs/config.md lists the keywords" : fmt::format("write \"{}\"", meant));
    }
    if (find(spot.value, "$ref") != nullptr) lone_reference(spot);
}

void SchemaReader::lone_reference(const Spot& spot) {
    for (const Entry& entry : spot.value.entries) {
        if (std::ranges::find(beside_reference, entry.key) != beside_reference.end() || entry.key == "definitions")
            continue;
        if (std::ranges::find(schema_keywords(), std::string_view(entry.key), &SchemaKeyword::name) ==
            schema_keywords().end())
            continue;
        out_.add("manifest.bad-reference", entry.at, key_path(spot.path, entry.key), "is ignored beside a \"$ref\"",
                 "put both into \"allOf\": [{ \"$ref\" = ... }, { ... }]");
    }
}

void SchemaReader::finish() {
    resolve();
    if (!good()) return;
    if (const auto circle = find_circle(tree_)) {
        // Only a reference leads back.
        const auto closing = std::ranges::find(references_, *circle, &Reference::from);
        out_.add("manifest.bad-reference", closing->at, closing->path,
                 "leads back to itself without going into a property or an item", "break the circle");
        return;
    }
    try_samples();
}

void SchemaReader::resolve() {
    for (const Reference& reference : references_) {
        SchemaNode& node = tree_.nodes[reference.from];
        if (reference.name.empty()) {
            node.reference = 0;
            continue;
        }
        if (const auto found = definitions_.find(reference.name); found != definitions_.end()) {
            node.reference = found->second;
            continue;
        }
        std::vector<std::string_view> names;
        for (const auto& [name, schema] : definitions_) names.push_back(name);
        const std::string_view meant = nearest(reference.name, names);
        const std::string hint = meant.empty() ? "" : fmt::format("; did you mean {}?", in_quotes(meant));
        out_.add("manifest.bad-reference", reference.at, reference.path,
                 fmt::format("there is no definition {}{}", in_quotes(reference.name), hint),
                 "name one of the table \"definitions\" at the root");
    }
}

// A sample is taken as settings are: with the defaults that lie within it.
void SchemaReader::try_samples() {
    SchemaBudget budget;
    for (const Sample& sample : samples_) {
        nlohmann::json value = sample.value;
        SchemaFaults faults(1);
        const bool filled = SchemaDefaults(tree_, budget).fill(sample.schema, value);
        SchemaApplication(tree_, budget).check(sample.schema, value, &faults);
        if (!filled || budget.gone()) {
            out_.add("manifest.bad-schema", sample.at, sample.path, "to check it takes too many steps",
                     "make the schema simpler: fewer alternatives and references in one another");
            return;
        }
        for (const SchemaFault& fault : faults.list())
            out_.add("manifest.bad-default", sample.at, sample.path,
                     fault.dotted.empty()
                         ? fmt::format("does not fit its own schema: {}", fault.what)
                         : fmt::format("does not fit its own schema: {}: {}", fault.dotted, fault.what),
                     fault.fix);
    }
}

// Settings are an object, whether "type" says so or not.
void SchemaReader::object_only(const Spot& spot) {
    SchemaNode& root = tree_.nodes.front();
    if (const Entry* type = find(spot.value, "type"); root.types != 0 && root.types != json_type::object)
        refuse("manifest.bad-schema", spot.inner(*type), "settings are an object", "write type = \"object\"");
    if (const Entry* reference = find(spot.value, "$ref"); reference != nullptr)
        refuse("manifest.bad-schema", spot.inner(*reference), "the root is not a reference",
               "write the properties at the root");
    root.types = json_type::object;
}

std::optional<ConfigSchema> read_schema(const Value& schema, const std::string& path, SchemaRoot root,
                                        Diagnostics& out) {
    SchemaReader reader(out);
    const Spot spot{schema, path};
    reader.schema(spot);
    if (root == SchemaRoot::object) reader.object_only(spot);
    reader.finish();
    std::optional<nlohmann::json> document;
    if (reader.good()) document = to_json(schema, path, out);
    if (!document) return std::nullopt;
    return ConfigSchema(std::make_shared<const SchemaTree>(reader.take(std::move(*document))));
}

}  // namespace tenon::manifest
