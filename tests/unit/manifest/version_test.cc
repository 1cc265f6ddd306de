#include "manifest/version.h"

#include <array>
#include <string>
#include <vector>

#include "tests/support/catch.h"

using tenon::manifest::Version;

namespace {

Version version(std::string_view text) {
    INFO(text);
    auto parsed = Version::parse(text);
    REQUIRE(parsed.ok());
    return parsed.take();
}

std::string version_refusal(std::string_view text) {
    auto parsed = Version::parse(text);
    if (parsed.ok()) return "taken";
    CHECK(parsed.problem().id == "version.malformed");
    CHECK_FALSE(parsed.problem().fix.empty());
    return parsed.problem().text;
}

}  // namespace

TEST_CASE("a version is read into its parts and written as it was") {
    const Version parsed = version("1.20.300-alpha.1.x-y+build.007");
    CHECK(parsed.major == 1);
    CHECK(parsed.minor == 20);
    CHECK(parsed.patch == 300);
    CHECK(parsed.prerelease == std::vector<std::string>{"alpha", "1", "x-y"});
    CHECK(parsed.build == "build.007");
    for (const char* text : {"0.0.0", "1.2.3", "1.2.3-0", "1.2.3--", "1.2.3-0a.00b", "1.2.3+001", "1.0.0-a+b-c.d",
                             "9007199254740991.9007199254740991.9007199254740991", "1.0.0-99999999999999999999999"})
        CHECK(to_string(version(text)) == text);
}

TEST_CASE("precedence follows the example of the specification") {
    const std::array<const char*, 15> ascending = {"0.0.0-0",    "0.0.0",        "0.9.9",         "1.0.0-2",
                                                   "1.0.0-10",   "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                                   "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
                                                   "1.0.0",      "1.0.1",        "1.1.0"};
    for (std::size_t i = 0; i < ascending.size(); ++i)
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            INFO(ascending[i] << " and " << ascending[j]);
            CHECK((version(ascending[i]) <=> version(ascending[j])) == (i <=> j));
        }
}

TEST_CASE("the build takes no part in precedence") {
    CHECK(version("1.0.0+a") == version("1.0.0+b"));
    CHECK(version("1.0.0-rc.1+a") == version("1.0.0-rc.1"));
}

TEST_CASE("numeric identifiers are compared as numbers, however long they are") {
    CHECK(version("1.0.0-99999999999999999999998") < version("1.0.0-99999999999999999999999"));
    CHECK(version("1.0.0-9") < version("1.0.0-10000000000000000000000000000000"));
    CHECK(version("1.0.0-99999999999999999999999") < version("1.0.0-0a"));
}

TEST_CASE("what is not a version is refused with the place where it stops to be one") {
    CHECK(version_refusal("") == "\"\" is not a version: wanted the major number at its end");
    CHECK(version_refusal("1") == "\"1\" is not a version: wanted a dot and the minor number at its end");
    CHECK(version_refusal("1.2") == "\"1.2\" is not a version: wanted a dot and the patch number at its end");
    CHECK(version_refusal("1.2.") == "\"1.2.\" is not a version: wanted the patch number at its end");
    CHECK(version_refusal("1.02.3") == "\"1.02.3\" is not a version: wanted the minor number at character 3, \"02.3\"");
    CHECK(version_refusal("v1.2.3") ==
          "\"v1.2.3\" is not a version: wanted the major number at character 1, \"v1.2.3\"");
    CHECK(version_refusal(" 1.2.3") ==
          "\" 1.2.3\" is not a version: wanted the major number at character 1, \" 1.2.3\"");
    CHECK(version_refusal("1.2.3 ") == "\"1.2.3 \" is not a version: wanted nothing more at character 6, \" \"");
    CHECK(version_refusal("1.2.3-") == "\"1.2.3-\" is not a version: wanted a prerelease identifier at its end");
    CHECK(version_refusal("1.2.3-01") ==
          "\"1.2.3-01\" is not a version: wanted a prerelease identifier at character 7, \"01\"");
    CHECK(version_refusal("1.2.3-a..b") ==
          "\"1.2.3-a..b\" is not a version: wanted a prerelease identifier at character 9, \".b\"");
    CHECK(version_refusal("1.2.3+") == "\"1.2.3+\" is not a version: wanted a build identifier at its end");
    CHECK(version_refusal("1.2.3+a_b") == "\"1.2.3+a_b\" is not a version: wanted nothing more at character 8, \"_b\"");
    CHECK(version_refusal("-1.2.3") ==
          "\"-1.2.3\" is not a version: wanted the major number at character 1, \"-1.2.3\"");
    CHECK(version_refusal("9007199254740992.0.0") ==
          "\"9007199254740992.0.0\" is not a version: wanted the major number at character 1, "
          "\"9007199254740992.0.0\"");
}

TEST_CASE("a version of more than 256 bytes is refused without its text") {
    CHECK(Version::parse("1.0.0-" + std::string(250, 'a')).ok());
    CHECK(version_refusal("1.0.0-" + std::string(251, 'a')) ==
          "\"1.0.0-aaaaaaaaaaaaaaaaaa...\" is not a version: it has 257 bytes, 256 are the most");
}

TEST_CASE("a version ends where its view ends, whatever bytes follow") {
    const std::string text = "1.2.345-rc";
    CHECK(to_string(version(std::string_view(text).substr(0, 5))) == "1.2.3");
    const std::vector<char> exact = {'1', '.', '2', '.', '3'};  // nothing behind it: a sanitizer sees a step too far
    CHECK(to_string(version({exact.data(), exact.size()})) == "1.2.3");
    CHECK(version_refusal({exact.data(), 4}) == "\"1.2.\" is not a version: wanted the patch number at its end");
}

// In memory of exactly its size: a sanitizer sees a step beyond it.
TEST_CASE("each beginning of a version is read to its end and no further") {
    for (const std::string text :
         {"10.200.3000-alpha.0.x-y+build.007", "1.2.3-01", "9007199254740992.0.0", "1.2.3+a..b"})
        for (std::size_t size = 0; size <= text.size(); ++size) {
            INFO(text.substr(0, size));
            const std::vector<char> exact(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size));
            const auto alone = Version::parse({exact.data(), exact.size()});
            const auto among_others = Version::parse(std::string_view(text).substr(0, size));
            REQUIRE(alone.ok() == among_others.ok());
            if (alone.ok()) CHECK(to_string(alone.value()) == text.substr(0, size));
            if (!alone.ok()) CHECK(alone.problem().text == among_others.problem().text);
        }
}

TEST_CASE("control characters of a refused version do not reach the terminal") {
    CHECK(version_refusal("1.\x1b[2J") ==
          "\"1.\\x1b[2J\" is not a version: wanted the minor number at character 3, \"\\x1b[2J\"");
}
