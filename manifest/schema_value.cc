#include "manifest/schema_value.h"

#include <fmt/format.h>

#include <bit>
#include <functional>
#include <nlohmann/json.hpp>

#include "manifest/schema_number.h"
#include "manifest/schema_words.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

using nlohmann::json;

bool same_arrays(const json& left, const json& right, SchemaBudget& budget) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (!same(left[i], right[i], budget)) return false;
    return true;
}

bool same_objects(const json& left, const json& right, SchemaBudget& budget) {
    if (left.size() != right.size()) return false;
    for (auto a = left.begin(), b = right.begin(); a != left.end(); ++a, ++b)  // both in the order of their keys
        if (a.key() != b.key() || !same(*a, *b, budget)) return false;
    return true;
}

std::size_t mixed(std::size_t seed, std::size_t more) {
    return std::rotl(seed, 7) * 0x9e3779b97f4a7c15u + more;
}

std::size_t number_digest(const json& number) {
    return std::hash<Exact>()(exact(number));
}

}  // namespace

bool same(const json& left, const json& right, SchemaBudget& budget) {
    if (!budget.spend(1)) return false;
    if (left.is_number() && right.is_number()) return exact(left) == exact(right);
    if (left.type() != right.type()) return false;
    if (left.is_array()) return same_arrays(left, right, budget);
    if (left.is_object()) return same_objects(left, right, budget);
    if (const auto* string = left.get_ptr<const std::string*>()) budget.spend(string->size() / 64);
    return left == right;
}

std::size_t digest(const json& value, SchemaBudget& budget) {
    const std::size_t kind = value.is_number() ? 0 : static_cast<std::size_t>(value.type()) + 1;
    if (!budget.spend(1)) return kind;
    if (value.is_number()) return mixed(kind, number_digest(value));
    if (value.is_boolean()) return mixed(kind, value.get<bool>() ? 1 : 0);
    if (const auto* string = value.get_ptr<const std::string*>()) {
        budget.spend(string->size() / 64);
        return mixed(kind, std::hash<std::string>()(*string));
    }
    std::size_t all = mixed(kind, value.size());
    if (value.is_array())
        for (const json& item : value) all = mixed(all, digest(item, budget));
    if (const auto* object = value.get_ptr<const json::object_t*>())
        for (const auto& [key, item] : *object)
            all = mixed(mixed(all, std::hash<std::string>()(key)), digest(item, budget));
    return all;
}

Extent extent(const json& value) {
    Extent all{1, 0};
    const auto add = [&all](const json& item) {
        const Extent inner = extent(item);
        all.values += inner.values;
        all.bytes += inner.bytes;
    };
    if (const auto* string = value.get_ptr<const std::string*>()) all.bytes = string->size();
    if (value.is_array())
        for (const json& item : value) add(item);
    if (const auto* object = value.get_ptr<const json::object_t*>())
        for (const auto& [key, item] : *object) {
            all.bytes += key.size();
            add(item);
        }
    return all;
}

std::string shown(const json& value) {
    const auto counted = [&value](std::string_view what, std::string_view things) {
        return fmt::format("{} of {} {}{}", what, value.size(), things, value.size() == 1 ? "" : "s");
    };
    if (value.is_array()) return counted("an array", "item");
    if (value.is_object()) return counted("an object", "key");
    if (const auto* string = value.get_ptr<const std::string*>()) return in_quotes(*string, 40);
    return value.dump();
}

std::size_t length(const std::string& text) {
    std::size_t count = 0;
    for (const char c : text)
        if ((static_cast<unsigned char>(c) & 0xC0u) != 0x80u) ++count;
    return count;
}

}  // namespace tenon::manifest
