// The subset of JSON Schema, as a table. docs/config.md explains each line.
#include <array>

#include "manifest/schema_reader.h"

namespace tenon::manifest {
namespace {

using Reader = SchemaReader;
using Draft = SchemaDraft;

constexpr auto keywords = std::to_array<SchemaKeyword>({
    {"$schema", [](Reader& r, const Spot& s, Draft&) { r.dialect(s); }},
    {"$comment", [](Reader& r, const Spot& s, Draft&) { r.expect(s, Value::Kind::string); }},
    {"$ref", [](Reader& r, const Spot& s, Draft& d) { r.reference(s, d); }},
    {"definitions", [](Reader& r, const Spot& s, Draft& d) { r.definitions(s, d); }},
    {"title", [](Reader& r, const Spot& s, Draft&) { r.prose(s); }},
    {"description", [](Reader& r, const Spot& s, Draft&) { r.prose(s); }},
    {"default", [](Reader& r, const Spot& s, Draft& d) { r.initial(s, d); }},
    {"examples", [](Reader& r, const Spot& s, Draft& d) { r.examples(s, d); }},
    {"type", [](Reader& r, const Spot& s, Draft& d) { r.types(s, d.node.types); }},
    {"enum", [](Reader& r, const Spot& s, Draft& d) { r.choices(s, d.node.choices); }},
    {"const", [](Reader& r, const Spot& s, Draft& d) { r.value(s, d.node.constant); }},
    {"minimum", [](Reader& r, const Spot& s, Draft& d) { r.number(s, d.node.number.minimum); }},
    {"maximum", [](Reader& r, const Spot& s, Draft& d) { r.number(s, d.node.number.maximum); }},
    {"exclusiveMinimum", [](Reader& r, const Spot& s, Draft& d) { r.number(s, d.node.number.above); }},
    {"exclusiveMaximum", [](Reader& r, const Spot& s, Draft& d) { r.number(s, d.node.number.below); }},
    {"multipleOf", [](Reader& r, const Spot& s, Draft& d) { r.divisor(s, d.node.number.multiple_of); }},
    {"minLength", [](Reader& r, const Spot& s, Draft& d) { r.count(s, d.node.string.length.least); }},
    {"maxLength", [](Reader& r, const Spot& s, Draft& d) { r.count(s, d.node.string.length.most); }},
    {"pattern", [](Reader& r, const Spot& s, Draft& d) { r.pattern(s, d.node.string.pattern); }},
    {"format", [](Reader& r, const Spot& s, Draft& d) { r.format(s, d.node.string.format); }},
    {"items", [](Reader& r, const Spot& s, Draft& d) { r.items(s, d.node.array); }},
    {"additionalItems", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.array.further); }},
    {"contains", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.array.some); }},
    {"minItems", [](Reader& r, const Spot& s, Draft& d) { r.count(s, d.node.array.count.least); }},
    {"maxItems", [](Reader& r, const Spot& s, Draft& d) { r.count(s, d.node.array.count.most); }},
    {"uniqueItems", [](Reader& r, const Spot& s, Draft& d) { r.flag(s, d.node.array.unique); }},
    {"properties", [](Reader& r, const Spot& s, Draft& d) { r.properties(s, d.node.object); }},
    {"patternProperties", [](Reader& r, const Spot& s, Draft& d) { r.patterns(s, d.node.object); }},
    {"additionalProperties", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.object.others); }},
    {"propertyNames", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.object.names); }},
    {"required", [](Reader& r, const Spot& s, Draft& d) { r.names(s, d.node.object.required); }},
    {"dependencies", [](Reader& r, const Spot& s, Draft& d) { r.dependencies(s, d.node.object); }},
    {"minProperties", [](Reader& r, const Spot& s, Draft& d) { r.count(s, d.node.object.count.least); }},
    {"maxProperties", [](Reader& r, const Spot& s, Draft& d) { r.count(s, d.node.object.count.most); }},
    {"allOf", [](Reader& r, const Spot& s, Draft& d) { r.list(s, d.node.all_of); }},
    {"anyOf", [](Reader& r, const Spot& s, Draft& d) { r.list(s, d.node.any_of); }},
    {"oneOf", [](Reader& r, const Spot& s, Draft& d) { r.list(s, d.node.one_of); }},
    {"not", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.none_of); }},
    {"if", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.condition); }},
    {"then", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.consequence); }},
    {"else", [](Reader& r, const Spot& s, Draft& d) { r.one(s, d.node.alternative); }},
});

}  // namespace

std::span<const SchemaKeyword> schema_keywords() {
    return keywords;
}

}  // namespace tenon::manifest
