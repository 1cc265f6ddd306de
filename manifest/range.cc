#include "manifest/range.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/range_parse.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

bool holds(const Bound& bound, const Version& version) {
    const std::strong_ordering order = version <=> bound.version;
    switch (bound.relation) {
        case Bound::Relation::less:
            return order < 0;
        case Bound::Relation::at_most:
            return order <= 0;
        case Bound::Relation::equal:
            return order == 0;
        case Bound::Relation::at_least:
            return order >= 0;
        case Bound::Relation::greater:
            return order > 0;
    }
    return false;
}

bool names_prerelease_of(const Bound& bound, const Version& version) {
    return !bound.version.prerelease.empty() && bound.version.major == version.major &&
           bound.version.minor == version.minor && bound.version.patch == version.patch;
}

bool set_admits(const std::vector<Bound>& set, const Version& version) {
    if (!std::all_of(set.begin(), set.end(), [&](const Bound& bound) { return holds(bound, version); })) return false;
    return version.prerelease.empty() ||
           std::any_of(set.begin(), set.end(), [&](const Bound& bound) { return names_prerelease_of(bound, version); });
}

}  // namespace

base::Result<Range> Range::parse(std::string_view text) {
    const char* const fix = "write a range as npm does: ^1.2, ~1.2.3, 1.x, >=1.2 <2, 1.2 - 1.4, ^1 || ^2";
    if (text.size() > max_text)
        return base::Problem{"range.malformed",
                             fmt::format("{} is not a range: it has {} bytes, {} are the most", in_quotes(text, 24),
                                         text.size(), max_text),
                             fix};
    RangeParser parser(text);
    auto sets = parser.sets();
    if (!sets)
        return base::Problem{"range.malformed",
                             fmt::format("{} is not a range: {}", in_quotes(text, 80), parser.complaint()), fix};
    // npm: next to a set that admits every release the others say nothing, not even about prereleases.
    if (std::any_of(sets->begin(), sets->end(), [](const Set& set) { return set.empty(); })) sets->assign(1, Set{});
    Range range;
    range.text_ = std::string(text);
    range.sets_ = std::move(*sets);
    return range;
}

bool Range::admits(const Version& version) const {
    return std::any_of(sets_.begin(), sets_.end(), [&](const Set& set) { return set_admits(set, version); });
}

}  // namespace tenon::manifest
