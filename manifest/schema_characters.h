// Sets of characters, for the formats of schemas. Private to schema_format.cc and schema_net.cc.
#pragma once

#include <string_view>

namespace tenon::manifest {

inline constexpr std::string_view digits = "0123456789";

inline bool has(std::string_view set, char c) {
    return set.find(c) != std::string_view::npos;
}

inline bool all_of(std::string_view text, std::string_view set) {
    return text.find_first_not_of(set) == std::string_view::npos;
}

}  // namespace tenon::manifest
