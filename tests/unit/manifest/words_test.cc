#include "manifest/words.h"

#include <array>

#include "manifest/utf8.h"
#include "tests/support/catch.h"

using namespace tenon::manifest;
using namespace std::literals;

TEST_CASE("foreign text is quoted so that a terminal cannot obey it") {
    CHECK(in_quotes("plain") == "\"plain\"");
    CHECK(in_quotes("a\x1b[31mb\n\x7f") == "\"a\\x1b[31mb\\x0a\\x7f\"");
    CHECK(in_quotes("z\xc3\xbcrich") == "\"z\xc3\xbcrich\"");
    CHECK(in_quotes("\xc2\x9b") == "\"\\xc2\\x9b\"");  // U+009B begins a control sequence, too
    CHECK(in_quotes("\xff\xc3") == "\"\\xff\\xc3\"");
    CHECK(in_quotes("nul\0!"sv) == "\"nul\\x00!\"");
}

TEST_CASE("long text is cut between characters") {
    CHECK(in_quotes("abcdef", 3) == "\"abc...\"");
    CHECK(in_quotes("ab\xc3\xbc", 3) == "\"ab...\"");
    CHECK(in_quotes("ab\xc3\xbc", 4) == "\"ab\xc3\xbc\"");
    CHECK(printable("abc", 3) == "abc");
}

TEST_CASE("UTF-8 is told from what only resembles it") {
    CHECK(utf8_size("a") == 1);
    CHECK(utf8_size("\xc3\xbc") == 2);
    CHECK(utf8_size("\xe2\x82\xac!") == 3);
    CHECK(utf8_size("\xf0\x9f\x98\x80") == 4);
    CHECK(utf8_size("\xf4\x8f\xbf\xbf") == 4);
    for (const auto bad :
         {""sv, "\x80"sv, "\xc3"sv, "\xc3!"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv,
          "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xe2\x82"sv, "\xff"sv}) {
        INFO(in_quotes(bad));
        CHECK(utf8_size(bad) == 0);
    }
}

TEST_CASE("the nearest name is the one with the fewest slips") {
    const std::array names = {"license"sv, "version"sv, "name"sv, "hooks"sv, "authors"sv};
    CHECK(nearest("licence", names) == "license");  // one letter for another
    CHECK(nearest("lisence", names) == "license");  // two
    CHECK(nearest("versoin", names) == "version");  // two letters that changed places
    CHECK(nearest("nam", names) == "name");         // one missing
    CHECK(nearest("hookss", names) == "hooks");     // one too many
    CHECK(nearest("author", names) == "authors");
    CHECK(nearest("colour", names).empty());
    CHECK(nearest("na", names).empty());  // too short to say
    CHECK(nearest("", names).empty());
    CHECK(nearest(std::string(1000, 'a'), names).empty());
}

TEST_CASE("of names that are equally near the first is meant") {
    const std::array names = {"org.tenon.bb"sv, "org.tenon.cc"sv};
    CHECK(nearest("org.tenon.bc", names) == "org.tenon.bb");
    CHECK(nearest("org.tneon.cc", names) == "org.tenon.cc");
}
