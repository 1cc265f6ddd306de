// Numbers of JSON, compared and divided exactly.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <limits>

namespace tenon::manifest {

// Wide enough for every number that JSON's three kinds (int64, uint64, double) hold, so comparisons of it are exact.
using Exact = long double;
static_assert(std::numeric_limits<Exact>::digits >= 64);

// All four want numbers that are finite.
Exact exact(const nlohmann::json& number);

// 1.0 is an integer, too.
bool is_integer(const nlohmann::json& number);

// Whether the value is the divisor times an integer, both taken as the shortest decimals that mean them: 4.35 is a
// multiple of 0.01. The divisor is above zero.
bool is_multiple(const nlohmann::json& value, const nlohmann::json& divisor);

}  // namespace tenon::manifest
