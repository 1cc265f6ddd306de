// Names that are not ids: slugs, variables, domains, URLs. Each check says what is wrong ("manifest.bad-name",
// "manifest.bad-url"); true if nothing is.
#pragma once

#include <string_view>

#include "manifest/diagnostics.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// a-z, 0-9 and, inside, hyphens; at most 63 bytes.
bool check_slug(const Value& string, std::string_view path, Diagnostics& out);
// The name of an environment variable: letters, digits, underscores; at most 63 bytes.
bool check_variable(const Value& string, std::string_view path, Diagnostics& out);
// "api.example.org", "*.example.org" or "*"; small letters, at most 253 bytes.
bool check_domain(const Value& string, std::string_view path, Diagnostics& out);
// http or https, without a user; ASCII, at most 512 bytes.
bool check_url(const Value& string, std::string_view path, Diagnostics& out);

}  // namespace tenon::manifest
