// Versions after Semantic Versioning 2.0.0.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenon::manifest {

// A plain value, no thread rules.
struct Version {
    // Longer texts are refused, and so are numbers above 2^53 - 1: npm and JSON cannot hold them.
    static constexpr std::size_t max_text = 256;
    static constexpr std::uint64_t max_number = (std::uint64_t{1} << 53) - 1;

    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    std::uint64_t patch = 0;
    std::vector<std::string> prerelease;  // the identifiers between the dots
    std::string build;                    // without the plus sign; takes no part in comparisons

    // Reads exactly MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]; node-semver also takes a v before it and white space around
    // it. Problem: "version.malformed".
    static base::Result<Version> parse(std::string_view text);

    // Precedence, SemVer 2.0.0 section 11: versions that differ in their build alone are equal. Numbers in a prerelease
    // are compared exactly; node-semver rounds those above 2^53 - 1.
    friend std::strong_ordering operator<=>(const Version& left, const Version& right);
    friend bool operator==(const Version& left, const Version& right) { return (left <=> right) == 0; }
};

std::string to_string(const Version& version);

}  // namespace tenon::manifest
