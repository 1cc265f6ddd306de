#include "tests/semver/deviations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <regex>

#include "manifest/range.h"
#include "tests/semver/answers.h"

namespace semver {
namespace {

std::string replaced(const std::string& text, const char* pattern, const char* by) {
    return std::regex_replace(text, std::regex(pattern), by);
}

// JavaScript's white space beyond ASCII's, as UTF-8.
std::string with_ascii_spaces(const std::string& text) {
    return replaced(
        text, "\xc2\xa0|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf", " ");
}

std::string without_surroundings(const std::string& text) {
    return replaced(replaced(with_ascii_spaces(text), "^\\s+|\\s+$", ""), "^v", "");
}

// npm compares the numbers of a prerelease as doubles.
std::string with_rounded_identifiers(const std::string& text) {
    static const std::regex long_number("([-.])([0-9]{16,})(?=[.+]|$)");
    std::string out;
    auto begin = text.cbegin();
    for (std::smatch found; std::regex_search(begin, text.cend(), found, long_number); begin = found[0].second)
        out += fmt::format("{}{}{:.0f}", found.prefix().str(), found[1].str(),
                           std::strtod(found[2].str().c_str(), nullptr));
    return out.append(begin, text.cend());
}

// npm strips builds before it looks at anything else.
std::string without_builds(const std::string& text) {
    return replaced(text, "\\+[-0-9A-Za-z]+(\\.[-0-9A-Za-z]+)*", "");
}

bool is_range(const std::string& text) {
    return answer({Kind::range, {text}}) == "taken";
}

// npm removes the first star, and the operator before it, of what is not a version with open parts.
std::string without_glued_stars(const std::string& text) {
    static const std::regex word("[^ \\t|]+"), operator_apart("([<>=])[ \\t]+(?=\\S)"), star("[<>]?=?\\*");
    const std::string joined = std::regex_replace(text, operator_apart, "$1");
    std::string out;
    auto begin = joined.cbegin();
    for (std::smatch found; std::regex_search(begin, joined.cend(), found, word); begin = found[0].second) {
        const std::string without = std::regex_replace(found.str(), star, "", std::regex_constants::format_first_only);
        out += found.prefix().str() + (!is_range(found.str()) && is_range(without) ? without : found.str());
    }
    return out.append(begin, joined.cend());
}

// "1 - = 2", "> =1"; and "~> >1", of which npm makes ~>1.
std::string with_joined_signs(const std::string& text) {
    return replaced(replaced(text, "([<>v=])\\s+(?=[v=]*[0-9xX*])|([<>])\\s+(?==)", "$1$2"), "~>\\s*>", "~>");
}

std::string with_small_numbers_behind_x(const std::string& text) {
    return replaced(replaced(text, "([xX*])\\.[0-9]{16,}", "$1.0"), "([xX*]\\.[0-9]+)\\.[0-9]{16,}", "$1.0");
}

// Of what is too long: each bound and each set once, without superfluous spaces.
std::string shortened(const std::string& text) {
    if (text.size() <= tenon::manifest::Range::max_text) return text;
    const std::string spaced = replaced(without_builds(text), "\\|\\|", " || ");
    std::vector<std::string> words;
    static const std::regex word("\\S+");
    for (std::sregex_iterator at(spaced.begin(), spaced.end(), word), end; at != end; ++at)
        if (std::find(words.begin(), words.end(), at->str()) == words.end()) words.push_back(at->str());
    return fmt::format("{}", fmt::join(words, " "));
}

constexpr Deviation all[] = {
    {"white space or a v around a version is refused", without_surroundings, false, true},
    {"numeric identifiers beyond 2^53 - 1 are compared exactly", with_rounded_identifiers, false, false},
    {"a range of more than 256 bytes is refused", shortened, true, true},
    {"white space other than ASCII's is refused", with_ascii_spaces, true, true},
    {"a build without a version is refused", without_builds, true, true},
    {"a sign apart from its version is refused", with_joined_signs, true, true},
    {"a star glued to a version is refused", without_glued_stars, true, true},
    {"a number above 2^53 - 1 behind an x is refused", with_small_numbers_behind_x, true, true},
};

Input in_plain_writing(Input input, const Deviation& deviation) {
    const bool has_range = input.kind == Kind::range || input.kind == Kind::satisfies;
    for (std::size_t i = 0; i < input.fields.size(); ++i)
        if (deviation.of_ranges == (has_range && i == 0)) input.fields[i] = deviation.plain(input.fields[i]);
    return input;
}

}  // namespace

std::span<const Deviation> deviations() {
    return all;
}

std::size_t explanation(const Input& input, const std::string& npm, const std::string& tenon) {
    Input together = input;
    std::size_t last = std::size(all);
    for (std::size_t i = 0; i < std::size(all); ++i) {
        if (all[i].refused != (tenon == "refused")) continue;
        const Input alone = in_plain_writing(input, all[i]);
        if (alone.fields != input.fields && answer(alone) == npm) return i;
        const Input further = in_plain_writing(together, all[i]);
        if (further.fields != together.fields) last = i;
        together = further;
    }
    return answer(together) == npm ? last : std::size(all);
}

}  // namespace semver
