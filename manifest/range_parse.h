// The grammar of ranges. Private to range.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/range.h"
#include "manifest/version_reader.h"

namespace tenon::manifest {

// A version with parts left out ("1.2") or left open ("1.x").
struct Partial {
    std::optional<std::uint64_t> major, minor, patch;  // nothing: any
    std::vector<std::string> prerelease;
    bool out_of_order = false;  // a number behind an open part, as in 1.x.3
    std::string prefix;         // 'v' and '=' signs before it
};

// Turns a text into sets of bounds:
//     range      = set *( "||" set )
//     set        = empty / partial " - " partial / simple *( " " simple )
//     simple     = [ "<" / ">" / "<=" / ">=" / "=" / "^" / "~" / "~>" ] partial
class RangeParser {
public:
    using Set = std::vector<Bound>;

    explicit RangeParser(std::string_view text) : reader_(text) {}

    std::optional<std::vector<Set>> sets();
    // What was wrong, after sets() gave nothing.
    const std::string& complaint() const { return complaint_; }

private:
    enum class Operator { none, equal, less, at_most, greater, at_least, caret, tilde };

    bool set(Set& out);
    bool simple(Set& out);
    bool hyphen(const Partial& from, Set& out);
    Operator read_operator();
    bool read_partial(Partial& out);
    bool read_parts(Partial& out);
    bool read_part(std::optional<std::uint64_t>& out);

    bool expand(Operator op, const Partial& partial, Set& out);
    bool expand_compared(Operator op, const Partial& partial, Set& out);
    bool expand_caret(const Partial& partial, Set& out);
    bool expand_tilde(const Partial& partial, Set& out);
    bool expand_hyphen(const Partial& from, const Partial& to, Set& out);

    // Adds "< the first prerelease of what comes after": parts up to `part` are kept, that one is raised by one.
    enum class Part { major, minor, patch };
    bool below_next(Part part, const Partial& partial, Set& out);
    bool next(Part part, const Partial& partial, Version& out);

    bool wanted(std::string_view what);
    bool refuse(std::string text);

    VersionReader reader_;
    std::string complaint_;
};

}  // namespace tenon::manifest
