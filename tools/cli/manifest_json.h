// A manifest as JSON, in the shape that share/manifest.schema.json describes.
#pragma once

#include <string_view>

#include "tools/cli/json.h"

namespace tenon::cli {

// The whole text of a manifest that parse_manifest accepted; null for any other.
Json manifest_json(std::string_view toml);

}  // namespace tenon::cli
