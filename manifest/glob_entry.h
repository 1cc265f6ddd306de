// How globs are written: with what of them is left out, and as denials.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace tenon::manifest {

inline constexpr std::string_view exception_mark = " !";
inline constexpr std::size_t max_exceptions = 16;
inline constexpr std::size_t max_entry_size = 2048;  // bytes, of the glob and its exceptions together

// An entry of permissions.read or permissions.write: "/srv/** !/srv/private/**". Views of its text.
struct GlobEntry {
    std::string_view glob;
    std::vector<std::string_view> exceptions;
};

// Any text; whether these are globs is for others to say.
GlobEntry split_entry(std::string_view text);

// An entry of the operator's `deny`: "write:/srv/**". A view of its text.
struct Denial {
    bool only_writing = false;
    std::string_view glob;
};

// Nothing for a text that begins with neither "read:" nor "write:".
std::optional<Denial> denial_of(std::string_view text);

}  // namespace tenon::manifest
