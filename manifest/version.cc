#include "manifest/version.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/version_reader.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

bool is_numeric(const std::string& identifier) {
    return identifier.find_first_not_of("0123456789") == std::string::npos;
}

// Numeric identifiers may be longer than any integer: without leading zeros, the longer one is the greater.
std::strong_ordering compare_identifiers(const std::string& left, const std::string& right) {
    const bool left_numeric = is_numeric(left);
    const bool right_numeric = is_numeric(right);
    if (left_numeric != right_numeric) return left_numeric ? std::strong_ordering::less : std::strong_ordering::greater;
    if (left_numeric && left.size() != right.size()) return left.size() <=> right.size();
    return left.compare(right) <=> 0;
}

// What is wanted next, or null when all was read.
const char* read_version(VersionReader& reader, Version& out) {
    std::uint64_t* const numbers[] = {&out.major, &out.minor, &out.patch};
    const char* const names[] = {"the major number", "the minor number", "the patch number"};
    for (std::size_t i = 0; i < 3; ++i) {
        if (i > 0 && !reader.skip('.')) return i == 1 ? "a dot and the minor number" : "a dot and the patch number";
        const auto number = reader.number();
        if (!number) return names[i];
        *numbers[i] = *number;
    }
    if (reader.skip('-')) {
        auto identifiers = reader.prerelease();
        if (!identifiers) return "a prerelease identifier";
        out.prerelease = std::move(*identifiers);
    }
    if (reader.skip('+')) {
        auto build = reader.build();
        if (!build) return "a build identifier";
        out.build = std::move(*build);
    }
    return reader.at_end() ? nullptr : "nothing more";
}

}  // namespace

base::Result<Version> Version::parse(std::string_view text) {
    const char* const fix = "write MAJOR.MINOR.PATCH, as in 1.2.0 or 1.2.0-beta.1; numbers have no leading zeros";
    if (text.size() > max_text)
        return base::Problem{"version.malformed",
                             fmt::format("{} is not a version: it has {} bytes, {} are the most", in_quotes(text, 24),
                                         text.size(), max_text),
                             fix};
    VersionReader reader(text);
    Version version;
    if (const char* wanted = read_version(reader, version); wanted != nullptr)
        return base::Problem{
            "version.malformed",
            fmt::format("{} is not a version: wanted {} {}", in_quotes(text, 80), wanted, reader.where()), fix};
    return version;
}

std::strong_ordering operator<=>(const Version& left, const Version& right) {
    if (const auto order = left.major <=> right.major; order != 0) return order;
    if (const auto order = left.minor <=> right.minor; order != 0) return order;
    if (const auto order = left.patch <=> right.patch; order != 0) return order;
    // A release comes after all of its prereleases.
    if (left.prerelease.empty() || right.prerelease.empty())
        return left.prerelease.empty() <=> right.prerelease.empty();
    const std::size_t common = std::min(left.prerelease.size(), right.prerelease.size());
    for (std::size_t i = 0; i < common; ++i)
        if (const auto order = compare_identifiers(left.prerelease[i], right.prerelease[i]); order != 0) return order;
    return left.prerelease.size() <=> right.prerelease.size();
}

std::string to_string(const Version& version) {
    std::string text = fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
    for (std::size_t i = 0; i < version.prerelease.size(); ++i)
        text.append(i == 0 ? "-" : ".").append(version.prerelease[i]);
    if (!version.build.empty()) text.append("+").append(version.build);
    return text;
}

}  // namespace tenon::manifest
