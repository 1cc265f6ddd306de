#include "manifest/range.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using tenon::manifest::Range;
using tenon::manifest::Version;

namespace {

struct Case {
    const char* range;
    const char* version;
    bool admitted;
};

// The rules, each at its edges. tests/semver asks npm itself.
constexpr Case cases[] = {
    // any
    {"", "1.2.3", true},
    {"*", "1.2.3", true},
    {"x", "0.0.0", true},
    {"X", "9.9.9", true},
    {"*", "1.2.3-beta", false},
    {"||", "1.2.3", true},
    {"|| 2", "1.2.3", true},
    {">=*", "3.1.4", true},
    {"<=*", "3.1.4", true},
    {">*", "9.9.9", false},
    {"<x", "0.0.0", false},
    {"<x", "0.0.0-0", false},
    {"<x || 2.x", "2.1.0", true},
    {"^*", "3.0.0", true},
    {"~x", "3.0.0", true},
    // a whole version
    {"1.2.3", "1.2.3", true},
    {"1.2.3", "1.2.4", false},
    {"1.2.3", "1.2.3-beta", false},
    {"1.2.3", "1.2.3+build", true},
    {"1.2.3+one", "1.2.3+two", true},
    {"=1.2.3", "1.2.3", true},
    {"= 1.2.3", "1.2.3", true},
    {"v1.2.3", "1.2.3", true},
    {"=v1.2.3", "1.2.3", true},
    {"  1.2.3\t", "1.2.3", true},
    {"1.2.3-beta.2", "1.2.3-beta.2", true},
    {"1.2.3-beta.2", "1.2.3-beta.3", false},
    // comparisons
    {">1.2.3", "1.2.4", true},
    {">1.2.3", "1.2.3", false},
    {">1.2.3", "1.2.4-beta", false},
    {">=1.2.3", "1.2.3", true},
    {">=1.2.3", "1.2.3-beta", false},
    {">=1.2.3", "1.2.2", false},
    {">= 1.2.3", "2.0.0", true},
    {"<1.2.3", "1.2.2", true},
    {"<1.2.3", "1.2.3", false},
    {"<1.2.3", "1.2.3-beta", false},
    {"<=1.2.3", "1.2.3", true},
    {"<=1.2.3", "1.2.4", false},
    {"<   3.1.0", "0.7.7", true},
    {">=0.0.0", "0.0.0", true},
    {">=0.0.0", "0.0.1-beta", false},
    // comparisons with parts left out
    {">1", "2.0.0", true},
    {">1", "1.9.9", false},
    {">1", "2.0.0-beta", false},
    {">1.2", "1.3.0", true},
    {">1.2", "1.2.9", false},
    {">1.x", "2.0.0", true},
    {">1.x.x", "1.99.0", false},
    {">=1", "1.0.0", true},
    {">=1", "1.0.0-beta", false},
    {">=1.2", "1.2.0", true},
    {">=1.2", "1.1.9", false},
    {"<1", "0.9.9", true},
    {"<1", "1.0.0", false},
    {"<1", "1.0.0-beta", false},
    {"<1", "1.0.0-0", false},
    {"<1.2", "1.1.99", true},
    {"<1.2", "1.2.0", false},
    {"<2.x", "1.9.9", true},
    {"<=1", "1.9.9", true},
    {"<=1", "2.0.0", false},
    {"<=1", "2.0.0-0", false},
    {"<=1.2", "1.2.9", true},
    {"<=1.2", "1.3.0", false},
    {"<=0.4.x", "0.4.8", true},
    {"<=0.4.x", "0.3.1", true},
    {"<=0.4.x", "0.5.0", false},
    {">=0.4.x", "0.4.0", true},
    {"=0.4.x", "0.4.8", true},
    {"=0.4.x", "0.5.0", false},
    // open parts
    {"1", "1.0.0", true},
    {"1", "1.99.99", true},
    {"1", "2.0.0", false},
    {"1", "2.0.0-0", false},
    {"1", "1.0.0-beta", false},
    {"1.x", "1.3.0", true},
    {"1.X.*", "1.3.0", true},
    {"1.2", "1.2.9", true},
    {"1.2", "1.3.0", false},
    {"1.2.x", "1.2.0", true},
    {"1.2.*", "1.1.9", false},
    {"0.x", "0.0.0", true},
    {"0.x", "1.0.0", false},
    {"1.4.x || 3.x", "3.9.9", true},
    {"1.4.x || 3.x", "1.5.0", false},
    // caret
    {"^1.2.3", "1.2.3", true},
    {"^1.2.3", "1.9.0", true},
    {"^1.2.3", "1.2.2", false},
    {"^1.2.3", "2.0.0", false},
    {"^1.2.3", "2.0.0-alpha", false},
    {"^1.2.3", "2.0.0-0", false},
    {"^1.2.3", "1.3.0-beta", false},
    {"^0.2.3", "0.2.3", true},
    {"^0.2.3", "0.2.9", true},
    {"^0.2.3", "0.3.0", false},
    {"^0.2.3", "0.3.0-0", false},
    {"^0.0.3", "0.0.3", true},
    {"^0.0.3", "0.0.4", false},
    {"^0.0.3", "0.0.4-0", false},
    {"^0.0.0", "0.0.0", true},
    {"^0.0.0", "0.0.1", false},
    {"^1", "1.0.0", true},
    {"^1", "2.0.0", false},
    {"^0", "0.9.9", true},
    {"^0", "1.0.0", false},
    {"^0.x", "0.9.0", true},
    {"^0.0", "0.0.9", true},
    {"^0.0", "0.1.0", false},
    {"^0.0.x", "0.0.5", true},
    {"^0.1", "0.1.2", true},
    {"^0.1", "0.2.0", false},
    {"^1.2", "1.2.0", true},
    {"^1.2", "1.1.9", false},
    {"^1.2.x", "1.9.0", true},
    {"^ 1.2.3", "1.5.0", true},
    {"^v1.2.3", "1.5.0", true},
    {"^1.3 ^1", "1.7.4", true},
    {"^1.2.3-beta.2", "1.2.3-beta.2", true},
    {"^1.2.3-beta.2", "1.2.3-beta.10", true},
    {"^1.2.3-beta.2", "1.2.3-beta.1", false},
    {"^1.2.3-beta.2", "1.2.3", true},
    {"^1.2.3-beta.2", "1.9.0", true},
    {"^1.2.3-beta.2", "1.2.4-beta.2", false},
    {"^1.2.3-beta.2", "2.0.0-beta.2", false},
    {"^0.0.3-beta", "0.0.3-rc.1", true},
    {"^0.0.3-beta", "0.0.4", false},
    {"^0.1.2-beta", "0.1.9", true},
    {"^0.1.2-beta", "0.2.0", false},
    // tilde
    {"~1.2.3", "1.2.3", true},
    {"~1.2.3", "1.2.9", true},
    {"~1.2.3", "1.3.0", false},
    {"~1.2.3", "1.3.0-0", false},
    {"~1.2", "1.2.9", true},
    {"~1.2", "1.3.0", false},
    {"~1", "1.9.9", true},
    {"~1", "2.0.0", false},
    {"~1", "0.9.9", false},
    {"~0", "0.9.9", true},
    {"~0.0.1", "0.0.9", true},
    {"~0.0.1", "0.1.0", false},
    {"~ 1.4", "1.4.6", true},
    {"~> 4", "4.3.2", true},
    {"~>4.3.2", "4.3.9", true},
    {"~>4.3.2", "4.4.0", false},
    {"~v0.7.3-mu", "0.7.4", true},
    {"~v0.7.3-mu", "0.7.3", true},
    {"~v0.7.3-mu", "0.7.3-eta", false},
    {"~v0.7.3-2", "0.7.3-1", false},
    {"~1.2.3-beta.2", "1.2.3-beta.4", true},
    {"~1.2.3-beta.2", "1.2.4-beta.4", false},
    {"~1.2.x", "1.2.7", true},
    // hyphen
    {"1.0.0 - 2.0.0", "1.2.3", true},
    {"1.0.0 - 2.0.0", "2.0.0", true},
    {"1.0.0 - 2.0.0", "2.0.1", false},
    {"1.0.0 - 2.0.0", "0.9.9", false},
    {"1.2.3 - 2", "2.9.9", true},
    {"1.2.3 - 2", "3.0.0", false},
    {"1.2.3 - 2", "3.0.0-0", false},
    {"1.2.3 - 2.3", "2.3.9", true},
    {"1.2.3 - 2.3", "2.4.0", false},
    {"1.2 - 2.3.4", "1.2.0", true},
    {"1.2 - 2.3.4", "2.3.5", false},
    {"1 - 2", "1.0.0", true},
    {"x - 2.x", "1.9.0", true},
    {"2.x - x", "3.1.0", true},
    {"2.x - x", "1.9.0", false},
    {"1.2.3-alpha - 2.0.0-beta", "1.2.3-beta", true},
    {"1.2.3-alpha - 2.0.0-beta", "2.0.0-alpha", true},
    {"1.2.3-alpha - 2.0.0-beta", "1.9.0-beta", false},
    {"v1.0.0 - v2", "2.5.0", true},
    {"1.2.3+a - 2.0.0+b", "2.0.0", true},
    {"0 - 1 || 3 - 4", "3.5.0", true},
    // several bounds, several sets
    {">=1.4 1.4.2", "1.4.2", true},
    {"1.4.2 >=1.4", "1.4.2", true},
    {"~1.4.2 >=1.4.4", "1.4.4", true},
    {">=1.2.3 <2.0.0 || ^3", "3.1.0", true},
    {">=1.2.3 <2.0.0 || ^3", "2.1.0", false},
    {">=1.4.4 >=1.4.2", "1.4.3", false},
    {"> 1.2.3 < 1.2.5", "1.2.4", true},
    {"1.4.2||1.4.7", "1.4.7", true},
    {"* >=2", "1.0.0", false},
    // prereleases want a bound that names one of the same three numbers
    {">1.2.3-alpha", "1.2.3-beta", true},
    {">1.2.3-alpha", "1.2.4-beta", false},
    {">=1.2.3-beta <1.5.0", "1.4.0-beta", false},
    {">=1.2.3-beta <1.5.0-rc", "1.5.0-beta", true},
    {"<2.0.0-rc.2", "2.0.0-rc.1", true},
    {"<2.0.0-rc.2", "1.9.0", true},
    {"^1.0.0 || 2.0.0-rc.1", "2.0.0-rc.1", true},
    {"* || 2.0.0-rc.1", "2.0.0-rc.1", false},  // npm: * swallows the other set
    {">=0.0.0 || 2.0.0-rc.1", "2.0.0-rc.1", false},
    {">=v0.0.0 || 2.0.0-rc.1", "2.0.0-rc.1", true},  // npm knows >=0.0.0 by its text
    {"v0.0.0 - x || 2.0.0-rc.1", "2.0.0-rc.1", true},
    {"<x || 2.0.0-rc.1", "2.0.0-rc.1", true},
    {">=2.0.0-0", "2.0.0-0", true},
    // the largest number
    {"^9007199254740990", "9007199254740990.1.2", true},
    {"<=9007199254740991.0.0", "9007199254740991.0.0", true},
};

std::string range_refusal(std::string_view text) {
    auto parsed = Range::parse(text);
    if (parsed.ok()) return "taken";
    CHECK(parsed.problem().id == "range.malformed");
    CHECK_FALSE(parsed.problem().fix.empty());
    return parsed.problem().text;
}

}  // namespace

TEST_CASE("a range admits what npm says it admits") {
    for (const Case& each : cases) {
        INFO("\"" << each.range << "\" and " << each.version);
        const auto range = Range::parse(each.range);
        REQUIRE(range.ok());
        const auto version = Version::parse(each.version);
        REQUIRE(version.ok());
        CHECK(range.value().admits(version.value()) == each.admitted);
    }
}

TEST_CASE("a range keeps its text") {
    CHECK(Range::parse(" ^1.2 ||  3.x").value().text() == " ^1.2 ||  3.x");
    CHECK(Range().text() == "*");
    CHECK(Range().admits(Version{1, 2, 3, {}, {}}));
}

TEST_CASE("what is not a range is refused with what was wanted and where") {
    const std::string number = "wanted a number (without leading zeros, at most 9007199254740991) or x ";
    CHECK(range_refusal("blerg") == "\"blerg\" is not a range: " + number + "at character 1, \"blerg\"");
    CHECK(range_refusal("^") == "\"^\" is not a range: " + number + "at its end");
    CHECK(range_refusal("1.") == "\"1.\" is not a range: " + number + "at its end");
    CHECK(range_refusal(">=01.2.3") == "\">=01.2.3\" is not a range: " + number + "at character 3, \"01.2.3\"");
    CHECK(range_refusal("9007199254740992") ==
          "\"9007199254740992\" is not a range: " + number + "at character 1, \"9007199254740992\"");
    CHECK(range_refusal("1.2.3-") == "\"1.2.3-\" is not a range: wanted a prerelease identifier at its end");
    CHECK(range_refusal("1.2.3+") == "\"1.2.3+\" is not a range: wanted a build identifier at its end");
    CHECK(range_refusal("1.2-beta") ==
          "\"1.2-beta\" is not a range: wanted a space or \"||\" at character 4, \"-beta\"");
    CHECK(range_refusal("1.2.3,2.0.0") ==
          "\"1.2.3,2.0.0\" is not a range: wanted a space or \"||\" at character 6, \",2.0.0\"");
    CHECK(range_refusal("1 | 2") == "\"1 | 2\" is not a range: wanted a second \"|\" at character 4, \" 2\"");
    CHECK(range_refusal("1 -2") == "\"1 -2\" is not a range: wanted a space after the hyphen at character 4, \"2\"");
    CHECK(range_refusal("1 - 2 3") == "\"1 - 2 3\" is not a range: wanted a space or \"||\" at character 7, \"3\"");
    CHECK(range_refusal("^1 - 2") == "\"^1 - 2\" is not a range: " + number + "at character 4, \"- 2\"");
    CHECK(range_refusal("1.x.3") == "\"1.x.3\" is not a range: a number stands behind an x");
    CHECK(range_refusal("==1.2.3") == "\"==1.2.3\" is not a range: \"=\" stands before a version");
    CHECK(range_refusal("^9007199254740991") ==
          "\"^9007199254740991\" is not a range: there is no number after 9007199254740991, which its upper end needs");
}

TEST_CASE("garbage that npm lets through is refused") {
    CHECK(range_refusal("1.2.3*") == "\"1.2.3*\" is not a range: wanted a space or \"||\" at character 6, \"*\"");
    CHECK(range_refusal("> =1.2.3") == "\"> =1.2.3\" is not a range: \"=\" stands before a version");
    CHECK(range_refusal("> =1") == "\"> =1\" is not a range: \"=\" stands before a version");
    CHECK(range_refusal("< =v*") == "\"< =v*\" is not a range: \"=v\" stands before a version");
    CHECK(Range::parse("\xc2\xa0"
                       "1.2.3")
              .ok() == false);
}

TEST_CASE("a range of more than 256 bytes is refused without its text") {
    CHECK(Range::parse(std::string(255, ' ') + "1").ok());
    CHECK(range_refusal(std::string(256, ' ') + "1") ==
          "\"" + std::string(24, ' ') + "...\" is not a range: it has 257 bytes, 256 are the most");
}

// In memory of exactly its size: a sanitizer sees a step beyond it.
TEST_CASE("each beginning of a range is read to its end and no further") {
    for (const std::string text :
         {">=1.2.3-beta.10+build.7 <2.x || ~> v4.05", "v1.2 - =3.4.5-rc.1", "^9007199254740992 ||"})
        for (std::size_t size = 0; size <= text.size(); ++size) {
            INFO(text.substr(0, size));
            const std::vector<char> exact(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
            const auto alone = Range::parse({exact.data(), exact.size()});
            const auto among_others = Range::parse(std::string_view(text).substr(0, size));
            REQUIRE(alone.ok() == among_others.ok());
            if (alone.ok()) CHECK(alone.value().text() == text.substr(0, size));
            if (!alone.ok()) CHECK(alone.problem().text == among_others.problem().text);
        }
}

TEST_CASE("a range ends where its view ends") {
    const std::string text = "^1.2.345";
    const auto range = Range::parse(std::string_view(text).substr(0, 6));
    REQUIRE(range.ok());
    CHECK(range.value().text() == "^1.2.3");
    CHECK(range.value().admits(Version{1, 2, 3, {}, {}}));
}
