// Checking and tidying TOML. Thread-safe, pure.
#pragma once

#include <string_view>

#include "plugins/code-format/json_format.h"

namespace code_format {

// One space around '=', one empty line before a table, none at the ends. Keys keep their order and values their
// spelling: the text comes back as it was when the tidied one would not parse to the same values, or when it has
// comments.
Formatted format_toml(std::string_view toml);

}  // namespace code_format
