// A place in a text file.
#pragma once

#include <compare>
#include <cstdint>

namespace tenon::manifest {

// Both from 1; columns count characters, not bytes.
struct Location {
    std::uint32_t line = 1;
    std::uint32_t column = 1;

    friend auto operator<=>(const Location&, const Location&) = default;
};

}  // namespace tenon::manifest
