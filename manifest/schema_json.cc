#include "manifest/schema_json.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "manifest/config_check.h"
#include "manifest/schema_number.h"
#include "manifest/schema_words.h"
#include "manifest/utf8.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

using nlohmann::json;
using Kind = json::value_t;

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = utf8_size(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

// Counts what it has seen, and stops at what is not JSON or beyond the limits.
class Survey {
public:
    base::Check look_at(const json& value, unsigned depth);

private:
    base::Check text(const std::string& text);
    static base::Problem too_large(std::string what) {
        return {"config.too-large", "the whole document: " + std::move(what),
                "settings are small: leave data elsewhere"};
    }
    static base::Problem not_json(std::string_view what) {
        return {"config.not-json", fmt::format("the whole document: {} is not JSON", what),
                "write it as RFC 8259 says"};
    }

    std::size_t values_ = 0;
    std::size_t bytes_ = 0;
};

base::Check Survey::text(const std::string& text) {
    bytes_ += text.size();
    if (bytes_ > max_settings_bytes)
        return too_large(fmt::format("more than {} bytes of texts and keys", max_settings_bytes));
    if (!is_utf8(text)) return not_json("a text that is not UTF-8");
    return std::nullopt;
}

base::Check Survey::look_at(const json& value, unsigned depth) {
    if (depth > max_settings_depth)
        return too_large(fmt::format("more than {} values in one another", max_settings_depth));
    if (++values_ > max_settings_values) return too_large(fmt::format("more than {} values", max_settings_values));
    if (value.is_binary()) return not_json("binary data");
    if (value.is_discarded()) return not_json("a value that could not be parsed");
    if (value.is_number_float() && !std::isfinite(value.get<double>())) return not_json("a number that is not finite");
    if (const auto* string = value.get_ptr<const std::string*>()) return text(*string);
    if (value.is_array())
        for (const json& item : value)
            if (auto problem = look_at(item, depth + 1)) return problem;
    if (const auto* object = value.get_ptr<const json::object_t*>())
        for (const auto& [key, item] : *object) {
            if (auto problem = text(key)) return problem;
            if (auto problem = look_at(item, depth + 1)) return problem;
        }
    return std::nullopt;
}

// Of what a Survey has seen.
Value converted(const json& source) {
    Value value;
    switch (source.type()) {
        case Kind::boolean:
            value.kind = Value::Kind::boolean;
            value.boolean = source.get<bool>();
            break;
        case Kind::string:
            value.kind = Value::Kind::string;
            value.string = source.get<std::string>();
            break;
        case Kind::number_unsigned:
        case Kind::number_integer:
            value.kind = Value::Kind::integer;
            value.integer = source.get<std::int64_t>();
            if (source.is_number_unsigned() && !std::in_range<std::int64_t>(source.get<std::uint64_t>()))
                value.kind = Value::Kind::floating;
            value.floating = source.get<double>();
            break;
        case Kind::number_float:
            value.kind = Value::Kind::floating;
            value.floating = source.get<double>();
            break;
        case Kind::array:
            value.kind = Value::Kind::array;
            for (const auto& item : source) value.array.push_back(converted(item));
            break;
        case Kind::object:
            for (const auto& [key, item] : source.items()) value.entries.push_back({key, {}, converted(item)});
            break;
        default:
            value.kind = Value::Kind::null;
    }
    return value;
}

std::optional<json> to_json(const Value& value, const std::string& path, Diagnostics& out, unsigned depth);

std::optional<json> array_to_json(const Value& value, const std::string& path, Diagnostics& out, unsigned depth) {
    json array = json::array();
    for (std::size_t i = 0; i < value.array.size(); ++i) {
        auto item = to_json(value.array[i], fmt::format("{}[{}]", path, i), out, depth);
        if (!item) return std::nullopt;
        array.push_back(std::move(*item));
    }
    return array;
}

std::optional<json> table_to_json(const Value& value, const std::string& path, Diagnostics& out, unsigned depth) {
    json object = json::object();
    for (const Entry& entry : value.entries) {
        auto item = to_json(entry.value, key_path(path, entry.key), out, depth);
        if (!item) return std::nullopt;
        object.emplace(entry.key, std::move(*item));
    }
    return object;
}

std::optional<json> to_json(const Value& value, const std::string& path, Diagnostics& out, unsigned depth) {
    if (depth > max_settings_depth) {
        out.add("manifest.too-deep", value.at, path,
                fmt::format("more than {} values in one another", max_settings_depth), "no setting needs so many");
        return std::nullopt;
    }
    switch (value.kind) {
        case Value::Kind::string:
            return value.string;
        case Value::Kind::integer:
            return value.integer;
        case Value::Kind::boolean:
            return value.boolean;
        case Value::Kind::null:
            return json(nullptr);
        case Value::Kind::array:
            return array_to_json(value, path, out, depth + 1);
        case Value::Kind::table:
            return table_to_json(value, path, out, depth + 1);
        case Value::Kind::floating:
            if (std::isfinite(value.floating)) return value.floating;
            out.add("manifest.bad-schema", value.at, path, "JSON has no infinity and no nan", "write a finite number");
            return std::nullopt;
        case Value::Kind::date_time:
            out.add("manifest.bad-schema", value.at, path, "JSON has no dates and times", "put it between quotes");
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

std::optional<json> to_json(const Value& value, const std::string& path, Diagnostics& out) {
    return to_json(value, path, out, 1);
}

base::Result<Value> from_json(const json& source) {
    if (auto problem = check_settings(source)) return std::move(*problem);
    return converted(source);
}

base::Check check_settings(const json& document) {
    return Survey().look_at(document, 1);
}

}  // namespace tenon::manifest
