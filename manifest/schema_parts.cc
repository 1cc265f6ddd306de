// The keywords of a schema behind which values stand.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "manifest/schema_json.h"
#include "manifest/schema_number.h"
#include "manifest/schema_reader.h"
#include "manifest/schema_words.h"
#include "manifest/text_check.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::array<std::string_view, 2> dialects{"http://json-schema.org/draft-07/schema#",
                                                   "http://json-schema.org/draft-07/schema"};

struct TypeName {
    std::string_view name;
    JsonTypes type;
};
constexpr std::array<TypeName, 7> type_names{{{"null", json_type::null},
                                              {"boolean", json_type::boolean},
                                              {"integer", json_type::integer},
                                              {"number", json_type::number},
                                              {"string", json_type::string},
                                              {"array", json_type::array},
                                              {"object", json_type::object}}};

template <class Names>
std::string hint(std::string_view meant, const Names& names) {
    return meant.empty() ? fmt::format("write one of {}", fmt::join(names, ", ")) : fmt::format("write \"{}\"", meant);
}

std::string unknown(std::string_view what, std::string_view word, std::string_view meant) {
    const std::string suggestion = meant.empty() ? "" : fmt::format("; did you mean \"{}\"?", meant);
    return fmt::format("{} is not a {}{}", in_quotes(word), what, suggestion);
}

}  // namespace

void SchemaReader::prose(const Spot& spot) {
    if (expect(spot, Value::Kind::string)) check_text(spot.value, spot.path, tenon::manifest::prose, out_);
}

void SchemaReader::dialect(const Spot& spot) {
    if (!expect(spot, Value::Kind::string) || std::ranges::find(dialects, spot.value.string) != dialects.end()) return;
    refuse("manifest.bad-schema", spot, fmt::format("{} is not the dialect", in_quotes(spot.value.string)),
           fmt::format("write \"{}\", or nothing", dialects[0]));
}

void SchemaReader::types(const Spot& spot, JsonTypes& types) {
    const auto add = [&](const Spot& word) {
        const auto named = std::ranges::find(type_names, std::string_view(word.value.string), &TypeName::name);
        if (named != type_names.end()) {
            if ((types & named->type) != 0) refuse("manifest.bad-schema", word, "stands twice", "remove it");
            types = static_cast<JsonTypes>(types | named->type);
            return;
        }
        std::array<std::string_view, 7> names;
        std::ranges::transform(type_names, names.begin(), &TypeName::name);
        const std::string_view meant = nearest(word.value.string, names);
        refuse("manifest.bad-schema", word, unknown("type", word.value.string, meant), hint(meant, names));
    };
    if (spot.value.kind != Value::Kind::array) {
        if (expect(spot, Value::Kind::string)) add(spot);
        return;
    }
    if (spot.value.array.empty())
        refuse("manifest.bad-schema", spot, "an empty list admits nothing", "name at least one type");
    for (std::size_t i = 0; i < spot.value.array.size(); ++i)
        if (const Spot word = spot.inner(i); expect(word, Value::Kind::string)) add(word);
}

void SchemaReader::value(const Spot& spot, std::optional<nlohmann::json>& json) {
    json = to_json(spot.value, spot.path, out_);
}

void SchemaReader::choices(const Spot& spot, std::optional<nlohmann::json>& json) {
    if (!expect(spot, Value::Kind::array)) return;
    if (spot.value.array.empty())
        refuse("manifest.bad-schema", spot, "an empty list admits nothing", "list at least one value");
    value(spot, json);
}

void SchemaReader::initial(const Spot& spot, SchemaDraft& draft) {
    value(spot, draft.node.initial);
    if (draft.node.initial) samples_.push_back({draft.index, *draft.node.initial, spot.value.at, spot.path});
}

void SchemaReader::examples(const Spot& spot, SchemaDraft& draft) {
    if (!expect(spot, Value::Kind::array)) return;
    for (std::size_t i = 0; i < spot.value.array.size(); ++i) {
        const Spot example = spot.inner(i);
        if (auto json = to_json(example.value, example.path, out_))
            samples_.push_back({draft.index, std::move(*json), example.value.at, example.path});
    }
}

void SchemaReader::number(const Spot& spot, std::optional<nlohmann::json>& number) {
    if (spot.value.kind == Value::Kind::integer || spot.value.kind == Value::Kind::floating)
        value(spot, number);
    else
        refuse("manifest.wrong-type", spot, fmt::format("found {}, wanted a number", kind_name(spot.value.kind)),
               "write a number");
}

void SchemaReader::divisor(const Spot& spot, std::optional<nlohmann::json>& number) {
    std::optional<nlohmann::json> found;
    this->number(spot, found);
    if (found && exact(*found) > 0)
        number = std::move(found);
    else if (found)
        refuse("manifest.out-of-range", spot, fmt::format("found {}, wanted a number above 0", found->dump()),
               "write a number of that range");
}

void SchemaReader::count(const Spot& spot, std::optional<std::uint64_t>& count) {
    if (!expect(spot, Value::Kind::integer)) return;
    if (spot.value.integer >= 0)
        count = static_cast<std::uint64_t>(spot.value.integer);
    else
        refuse("manifest.out-of-range", spot, fmt::format("found {}, wanted a number from 0", spot.value.integer),
               "write a number of that range");
}

void SchemaReader::flag(const Spot& spot, bool& flag) {
    if (expect(spot, Value::Kind::boolean)) flag = spot.value.boolean;
}

std::optional<SchemaPattern> SchemaReader::compile(const std::string& expression, Location at,
                                                   const std::string& path) {
    if (++patterns_ > most_patterns) {
        if (patterns_ == most_patterns + 1)
            out_.add("manifest.too-many", at, path,
                     fmt::format("found more than {} patterns in one schema", most_patterns),
                     "put what repeats into \"definitions\"");
        return std::nullopt;
    }
    auto compiled = SchemaPattern::compile(expression);
    if (compiled.ok()) return compiled.take();
    out_.add(compiled.problem().id, at, path, compiled.problem().text, compiled.problem().fix);
    return std::nullopt;
}

void SchemaReader::pattern(const Spot& spot, std::optional<SchemaPattern>& pattern) {
    if (expect(spot, Value::Kind::string)) pattern = compile(spot.value.string, spot.value.at, spot.path);
}

void SchemaReader::format(const Spot& spot, const SchemaFormat*& format) {
    if (!expect(spot, Value::Kind::string)) return;
    const auto formats = schema_formats();
    const auto named = std::ranges::find(formats, std::string_view(spot.value.string), &SchemaFormat::name);
    if (named != formats.end()) {
        format = &*named;
        return;
    }
    std::vector<std::string_view> names;
    for (const SchemaFormat& each : formats) names.push_back(each.name);
    const std::string_view meant = nearest(spot.value.string, names);
    refuse("manifest.bad-schema", spot, unknown("format", spot.value.string, meant), hint(meant, names));
}

}  // namespace tenon::manifest
