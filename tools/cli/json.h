// JSON for programs: keys in the order in which they were set.
#pragma once

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/problem.h"

namespace tenon::cli {

using Json = nlohmann::ordered_json;

// Names of files and texts of plugins may be no UTF-8: such bytes are replaced.
inline void print_json(const Json& value) {
    fmt::print("{}\n", value.dump(2, ' ', false, Json::error_handler_t::replace));
}

inline Json to_json(const base::Problem& problem) {
    return {{"id", problem.id}, {"text", problem.text}, {"fix", problem.fix}};
}

inline Json to_json(const base::Problems& problems) {
    Json list = Json::array();
    for (const base::Problem& problem : problems) list.push_back(to_json(problem));
    return list;
}

}  // namespace tenon::cli
