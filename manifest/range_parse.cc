// Reading ranges. What a range means is in range_expand.cc.
#include "manifest/range_parse.h"

#include <fmt/format.h>

namespace tenon::manifest {

bool RangeParser::refuse(std::string text) {
    complaint_ = std::move(text);
    return false;
}

bool RangeParser::wanted(std::string_view what) {
    return refuse(fmt::format("wanted {} {}", what, reader_.where()));
}

std::optional<std::vector<RangeParser::Set>> RangeParser::sets() {
    std::vector<Set> all;
    do {
        if (!set(all.emplace_back())) return std::nullopt;
    } while (reader_.skip('|') && (reader_.skip('|') || wanted("a second \"|\"")));
    if (complaint_.empty() && !reader_.at_end()) wanted("a space or \"||\"");
    if (!complaint_.empty()) return std::nullopt;
    return all;
}

bool RangeParser::set(Set& out) {
    reader_.skip_spaces();
    if (reader_.at_end() || reader_.peek() == '|') return true;  // empty: any
    for (bool first = true;; first = false) {
        const Operator op = read_operator();
        Partial partial;
        if (!read_partial(partial)) return false;
        const bool spaces = reader_.skip_spaces();
        if (spaces && first && reader_.peek() == '-') {
            if (op == Operator::equal) partial.prefix = fmt::format("={}", partial.prefix);
            if (op == Operator::equal || op == Operator::none) return hyphen(partial, out);
        }
        if (!expand(op, partial, out)) return false;
        if (!spaces || reader_.at_end() || reader_.peek() == '|') return true;
    }
}

bool RangeParser::hyphen(const Partial& from, Set& out) {
    Partial to;
    if (!reader_.skip('-') || !reader_.skip_spaces()) return wanted("a space after the hyphen");
    if (!read_partial(to)) return false;
    reader_.skip_spaces();
    return expand_hyphen(from, to, out);
}

RangeParser::Operator RangeParser::read_operator() {
    const auto spaced = [this](Operator op) {
        reader_.skip_spaces();
        return op;
    };
    if (reader_.skip('^')) return spaced(Operator::caret);
    if (reader_.skip('~')) {
        reader_.skip_spaces();
        reader_.skip('>');
        return spaced(Operator::tilde);
    }
    if (reader_.skip('<')) return spaced(reader_.skip('=') ? Operator::at_most : Operator::less);
    if (reader_.skip('>')) return spaced(reader_.skip('=') ? Operator::at_least : Operator::greater);
    return reader_.skip('=') ? spaced(Operator::equal) : Operator::none;
}

bool RangeParser::read_partial(Partial& out) {
    while (reader_.peek() == 'v' || reader_.peek() == '=') {
        out.prefix += reader_.peek();
        reader_.skip(reader_.peek());
    }
    if (!read_parts(out)) return false;
    if (reader_.skip('+') && !reader_.build()) return wanted("a build identifier");
    return true;
}

bool RangeParser::read_parts(Partial& out) {
    if (!read_part(out.major)) return false;
    if (!reader_.skip('.')) return true;
    if (!read_part(out.minor)) return false;
    if (reader_.skip('.')) {
        if (!read_part(out.patch)) return false;
        if (reader_.skip('-')) {
            auto identifiers = reader_.prerelease();
            if (!identifiers) return wanted("a prerelease identifier");
            out.prerelease = std::move(*identifiers);
        }
    }
    out.out_of_order = (!out.major && out.minor) || (!out.minor && out.patch);
    // What is behind an open part is open.
    if (!out.major) out.minor.reset();
    if (!out.minor) out.patch.reset();
    return true;
}

bool RangeParser::read_part(std::optional<std::uint64_t>& out) {
    if (reader_.skip('x') || reader_.skip('X') || reader_.skip('*')) return true;
    out = reader_.number();
    return out.has_value() || wanted("a number (without leading zeros, at most 9007199254740991) or x");
}

}  // namespace tenon::manifest
