// Settings against their schema. The schema and the settings may both be foreign: whatever they are, the work, the
// memory and the depth of recursion are bounded.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "manifest/config_schema.h"

namespace tenon::manifest {

// The most that a document of settings may be: values in one another, values, and bytes of its texts and keys.
inline constexpr unsigned max_settings_depth = 64;
inline constexpr std::size_t max_settings_values = 65536;
inline constexpr std::size_t max_settings_bytes = 1024 * 1024;

// What of the document the schema does not admit; nothing if it admits all. Each text begins with the place, for people
// and as a JSON pointer: "editor.width (/editor/width): found 12, wanted at most 8". At most 100, and one that counts
// the rest ("config.more-problems"). Any thread.
base::Problems validate(const ConfigSchema& schema, const nlohmann::json& document);

// The document with the defaults of the schema in the place of what it does not say. Does not validate: do that with
// what comes out. Problem: "config.too-large", "config.not-json" or "config.too-complex". Any thread.
base::Result<nlohmann::json> with_defaults(const ConfigSchema& schema, const nlohmann::json& document);

// The schema as JSON, for tools and forms. Lives as long as a copy of `schema` does.
const nlohmann::json& as_json(const ConfigSchema& schema);

}  // namespace tenon::manifest
