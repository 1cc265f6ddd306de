// Values of JSON compared, measured and shown. All want what check_settings() lets through.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "manifest/schema_budget.h"

namespace tenon::manifest {

// As JSON Schema has it: 1 is 1.0, and the order of keys is nothing. Any difference once the budget is gone.
bool same(const nlohmann::json& left, const nlohmann::json& right, SchemaBudget& budget);

// Equal for values that are the same.
std::size_t digest(const nlohmann::json& value, SchemaBudget& budget);

// Values and bytes of texts and keys, as the limits of config_check.h count them.
struct Extent {
    std::size_t values = 0;
    std::size_t bytes = 0;
};
Extent extent(const nlohmann::json& value);

// In a few words: "\"text\"", "1.5", "an array of 3 items".
std::string shown(const nlohmann::json& value);

// Code points.
std::size_t length(const std::string& text);

}  // namespace tenon::manifest
