// The number that stands for the worker's pid in the compiled filters.
#pragma once

#include <cstdint>

namespace tenon::sandbox {

inline constexpr std::uint32_t pid_to_be = 0x7e905eed;  // above any pid that Linux gives, and no flag of any call

}  // namespace tenon::sandbox
