// The pieces that versions and ranges are written with. Private to version.cc and range_parse.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/version.h"

namespace tenon::manifest {

// Reads a text from its front. Every function either consumes what it names, or leaves the rest where something
// else was found and says false or nothing. Never reads beyond the view.
class VersionReader {
public:
    explicit VersionReader(std::string_view text) : whole_(text), rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool skip(char wanted);
    // Spaces, tabs and line ends; true if there was at least one.
    bool skip_spaces();

    // A number without leading zeros, at most Version::max_number.
    std::optional<std::uint64_t> number();
    // "a.b.c" after the hyphen: letters, digits, hyphens; numeric identifiers have no leading zeros.
    std::optional<std::vector<std::string>> prerelease();
    // "a.b.c" after the plus sign.
    std::optional<std::string> build();

    // "at column 5: 'x'" or "at the end": where reading stopped, for the text of a problem.
    std::string where() const;

private:
    std::string_view identifier();

    std::string_view whole_;
    std::string_view rest_;
};

}  // namespace tenon::manifest
