// What the short forms of a range mean, in bounds. An upper bound that a short form implies ends in "-0", the first of
// all prereleases: ^1.2 admits neither 2.0.0 nor 2.0.0-beta.
#include <fmt/format.h>

#include "manifest/range_parse.h"

namespace tenon::manifest {
namespace {

Version lower(const Partial& partial) {
    Version version{partial.major.value_or(0), partial.minor.value_or(0), partial.patch.value_or(0), {}, {}};
    if (partial.patch) version.prerelease = partial.prerelease;
    return version;
}

Version first_prerelease(Version version) {
    version.prerelease = {"0"};
    return version;
}

void add(std::vector<Bound>& out, Bound::Relation relation, Version version) {
    const bool any = relation == Bound::Relation::at_least && version == Version{};
    if (!any) out.push_back({relation, std::move(version)});  // npm: >=0.0.0 is the same as *
}

// npm finds >=0.0.0 by its text: >=v0.0.0 is a bound like any other.
void add_start(std::vector<Bound>& out, const Partial& partial) {
    if (partial.patch && !partial.prefix.empty())
        out.push_back({Bound::Relation::at_least, lower(partial)});
    else
        add(out, Bound::Relation::at_least, lower(partial));
}

void add_nothing(std::vector<Bound>& out) {
    add(out, Bound::Relation::less, first_prerelease(Version{}));  // there is no version below 0.0.0-0
}

// npm takes any row of 'v' and '=' before a partial version, and one 'v' before a complete one.
bool is_plain(std::string_view prefix) {
    return prefix.empty() || prefix == "v";
}

std::string badly_prefixed(const Partial& partial) {
    return fmt::format("\"{}\" stands before a version", partial.prefix);
}

}  // namespace

bool RangeParser::next(Part part, const Partial& partial, Version& out) {
    out = Version{partial.major.value_or(0), partial.minor.value_or(0), partial.patch.value_or(0), {}, {}};
    std::uint64_t& raised = part == Part::major ? out.major : part == Part::minor ? out.minor : out.patch;
    if (raised == Version::max_number)
        return refuse(fmt::format("there is no number after {}, which its upper end needs", raised));
    ++raised;
    if (part != Part::patch) out.patch = 0;
    if (part == Part::major) out.minor = 0;
    return true;
}

bool RangeParser::below_next(Part part, const Partial& partial, Set& out) {
    Version end;
    if (!next(part, partial, end)) return false;
    add(out, Bound::Relation::less, first_prerelease(std::move(end)));
    return true;
}

bool RangeParser::expand(Operator op, const Partial& partial, Set& out) {
    if (op == Operator::caret) return expand_caret(partial, out);
    if (op == Operator::tilde) return expand_tilde(partial, out);
    if (partial.out_of_order) return refuse("a number stands behind an x");
    // "> =1": to npm that is >=1, to a reader it might be >1.
    const bool apart = (op == Operator::less || op == Operator::greater) && partial.prefix.starts_with('=');
    if (apart) return refuse(badly_prefixed(partial));
    if (partial.patch && !is_plain(partial.prefix)) return refuse(badly_prefixed(partial));
    return expand_compared(op, partial, out);
}

bool RangeParser::expand_compared(Operator op, const Partial& partial, Set& out) {
    using Relation = Bound::Relation;
    const Part open = partial.minor ? Part::minor : Part::major;  // the part before the first open one
    if (!partial.major) {
        if (op == Operator::less || op == Operator::greater) add_nothing(out);
        return true;
    }
    switch (op) {
        case Operator::less:
            add(out, Relation::less, partial.patch ? lower(partial) : first_prerelease(lower(partial)));
            return true;
        case Operator::at_least:
            add_start(out, partial);
            return true;
        case Operator::at_most:
            if (!partial.patch) return below_next(open, partial, out);
            add(out, Relation::at_most, lower(partial));
            return true;
        case Operator::greater: {
            Version version = lower(partial);
            if (!partial.patch && !next(open, partial, version)) return false;
            add(out, partial.patch ? Relation::greater : Relation::at_least, std::move(version));
            return true;
        }
        default:
            if (!partial.patch) {
                add(out, Relation::at_least, lower(partial));
                return below_next(open, partial, out);
            }
            add(out, Relation::equal, lower(partial));
            return true;
    }
}

bool RangeParser::expand_caret(const Partial& partial, Set& out) {
    if (!partial.major) return true;
    add(out, Bound::Relation::at_least, lower(partial));
    // The first part that is not zero stays.
    if (*partial.major > 0 || !partial.minor) return below_next(Part::major, partial, out);
    if (*partial.minor > 0 || !partial.patch) return below_next(Part::minor, partial, out);
    return below_next(Part::patch, partial, out);
}

bool RangeParser::expand_tilde(const Partial& partial, Set& out) {
    if (!partial.major) return true;
    add(out, Bound::Relation::at_least, lower(partial));
    return below_next(partial.minor ? Part::minor : Part::major, partial, out);
}

bool RangeParser::expand_hyphen(const Partial& from, const Partial& to, Set& out) {
    if (from.patch && !is_plain(from.prefix)) return refuse(badly_prefixed(from));
    if (to.patch && to.prerelease.empty() && !is_plain(to.prefix)) return refuse(badly_prefixed(to));
    if (from.major) add_start(out, from);
    if (!to.major) return true;
    if (!to.patch) return below_next(to.minor ? Part::minor : Part::major, to, out);
    add(out, Bound::Relation::at_most, lower(to));
    return true;
}

}  // namespace tenon::manifest
