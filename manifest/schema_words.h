// How schemas and what they want are put into words.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "manifest/schema_node.h"

namespace tenon::manifest {

// "an integer", "a string or null".
std::string type_words(JsonTypes types);

// "1 item", "2 items".
std::string counted(std::uint64_t count, std::string_view thing);

// "1, \"two\" and 5 more".
std::string list_words(const nlohmann::json& values);

// The string of the list that the value most likely should have been; empty if none.
std::string_view nearest_choice(const nlohmann::json& value, const nlohmann::json& choices);

}  // namespace tenon::manifest
