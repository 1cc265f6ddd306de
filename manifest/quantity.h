// Numbers with units: sizes, times, shares.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "manifest/table_reader.h"

namespace tenon::manifest {

// The quantity under the key, if it is there and right: a whole number from 1, of at most 9 digits, at most one space,
// and a unit. Problem: "manifest.bad-quantity".
std::optional<std::uint64_t> read_size(TableReader& reader, std::string_view key);  // bytes; B, KiB, MiB, GiB
std::optional<std::uint64_t> read_time(TableReader& reader, std::string_view key);  // nanoseconds; ns, us, ms, s, min
// Percent, at most `most`.
std::optional<std::uint32_t> read_share(TableReader& reader, std::string_view key, std::uint32_t most);

}  // namespace tenon::manifest
