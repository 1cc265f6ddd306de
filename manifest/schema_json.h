// JSON from and to the values of a manifest, and what of it settings may be.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/result.h"
#include "manifest/diagnostics.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// Nothing, after saying why, for what JSON does not have (dates, infinity) and for what is too deep.
std::optional<nlohmann::json> to_json(const Value& value, const std::string& path, Diagnostics& out);

// All places are 1:1. Problem: that of check_settings().
base::Result<Value> from_json(const nlohmann::json& json);

// Whether it is JSON of bounded size, in whole UTF-8. Problem: "config.too-large", "config.not-json".
base::Check check_settings(const nlohmann::json& document);

}  // namespace tenon::manifest
