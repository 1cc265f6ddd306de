// Paths as plugins may write them: absolute, and nothing in them that leads anywhere but down.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenon::sandbox::broker {

inline constexpr std::size_t most_path_bytes = 4095;

// What is wrong with it: "is not absolute", "has the part \"..\""; empty: nothing.
std::string path_fault(std::string_view path);

// Problem: "broker.bad-path".
base::Check check_path(std::string_view path);

// Of a path without fault: what stands between the slashes. The views are of `path`.
std::vector<std::string_view> parts_of(std::string_view path);

}  // namespace tenon::sandbox::broker
