// Paths and globs. They have "/" between their parts on every system, and no way to climb out of where they begin.
// Each check says what is wrong ("manifest.bad-path", "manifest.bad-glob"); true if nothing is.
#pragma once

#include <string_view>

#include "manifest/diagnostics.h"
#include "manifest/tree.h"

namespace tenon::manifest {

// The most bytes of a path and of a glob.
inline constexpr std::size_t max_path_size = 255;

// A relative path: no empty part, none that ends in a dot or a space (Windows drops them), no backslash, no colon.
bool check_relative_path(const Value& string, std::string_view path, Diagnostics& out);
// The same behind a "/".
bool check_absolute_path(const Value& string, std::string_view path, Diagnostics& out);
// Absolute, or begins with $data, $resources, $home or $temp; "*" and "?" inside a part, "**" as a whole one. Then any
// number of exceptions, of the same form (glob_entry.h).
bool check_read_glob(const Value& string, std::string_view path, Diagnostics& out);
// The same, without $resources, which are read-only.
bool check_write_glob(const Value& string, std::string_view path, Diagnostics& out);
// The path of one socket ("manifest.bad-path"): as a glob to write, and without wildcards.
bool check_socket_path(const Value& string, std::string_view path, Diagnostics& out);
// "read:GLOB" or "write:GLOB", without exceptions ("operator.bad-denial").
bool check_denial(const Value& string, std::string_view path, Diagnostics& out);

}  // namespace tenon::manifest
