#include "manifest/schema_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "manifest/schema_json.h"
#include "manifest/schema_value.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::size_t most_listed = 8;

struct TypeWords {
    JsonTypes type;
    std::string_view words;
};
constexpr std::array<TypeWords, 7> all_types{{{json_type::boolean, "a boolean"},
                                              {json_type::integer, "an integer"},
                                              {json_type::number, "a number"},
                                              {json_type::string, "a string"},
                                              {json_type::array, "an array"},
                                              {json_type::object, "an object"},
                                              {json_type::null, "null"}}};

}  // namespace

std::string type_words(JsonTypes types) {
    std::string text;
    for (const auto& [type, words] : all_types) {
        if ((types & type) == 0) continue;
        types = static_cast<JsonTypes>(types & ~type);
        if (!text.empty()) text += types == 0 ? " or " : ", ";
        text += words;
    }
    return text;
}

std::string counted(std::uint64_t count, std::string_view thing) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string list_words(const nlohmann::json& values) {
    std::string text;
    for (std::size_t i = 0; i < std::min(values.size(), most_listed); ++i)
        text += (i == 0 ? "" : ", ") + shown(values[i]);
    if (values.size() > most_listed) text += fmt::format(" and {} more", values.size() - most_listed);
    return text;
}

std::string_view nearest_choice(const nlohmann::json& value, const nlohmann::json& choices) {
    const auto* word = value.get_ptr<const std::string*>();
    if (word == nullptr) return {};
    std::vector<std::string_view> names;
    for (const nlohmann::json& choice : choices)
        if (const auto* name = choice.get_ptr<const std::string*>()) names.push_back(*name);
    return nearest(*word, names);
}

}  // namespace tenon::manifest
