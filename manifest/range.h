// Ranges of versions, as npm writes them: ^1.2  ~1.2.3  1.x  >=1.2 <2  1.2 - 1.4  ^1 || ^2
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/version.h"

namespace tenon::manifest {

// One bound of a range, for instance <2.0.0-0.
struct Bound {
    enum class Relation { less, at_most, equal, at_least, greater };
    Relation relation;
    Version version;
};

// A range means what node-semver 7 says it means by default: a prerelease is admitted only by a set of bounds that
// names a prerelease of the same MAJOR.MINOR.PATCH. A plain value, no thread rules. Default-constructed: any version.
class Range {
public:
    static constexpr std::size_t max_text = 256;

    // Problem: "range.malformed". Refused although node-semver takes them: a star glued to a version ("1.2.3*"), a
    // build without a version, a sign apart from its version ("> =1", "1 - v 2"), numbers above 2^53 - 1 behind an x,
    // white space other than ASCII's, and more than max_text bytes.
    static base::Result<Range> parse(std::string_view text);

    bool admits(const Version& version) const;
    // As it was written.
    const std::string& text() const { return text_; }

private:
    // The bounds of a set must all hold; a set without bounds admits every release.
    using Set = std::vector<Bound>;

    std::string text_ = "*";
    std::vector<Set> sets_{Set{}};  // one of them must hold
};

}  // namespace tenon::manifest
