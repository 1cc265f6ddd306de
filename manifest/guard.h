// What stands between hostile bytes and the TOML library.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tenon::manifest {

// Refuses what toml++ 3 answers with an assertion, undefined behaviour or recursion without end: texts that are too
// large or not UTF-8, characters outside strings and comments that TOML has no use for, deep nesting, long dotted keys,
// table headers that do not begin with a key, and values without quotes that are neither number, boolean nor date. What
// it lets pass need not be TOML. Problems: "manifest.too-large", "manifest.not-text", "manifest.stray-character",
// "manifest.too-deep", "manifest.syntax".
base::Check guard(std::string_view toml, std::string_view file);

// The text without the mark that some editors put before it.
std::string_view without_byte_order_mark(std::string_view toml);

}  // namespace tenon::manifest
