#include "plugins/code-format/toml_format.h"

#include "tests/support/catch.h"

using code_format::format_toml;

TEST_CASE("TOML gets one space around '=' and one empty line before a table") {
    const auto out = format_toml("\nb=1\na   =  \"x = y\"  \n\n\n\nc = 2\n  [t]\nd=[1,2]\n");
    REQUIRE_FALSE(out.fault);
    CHECK(out.text == "b = 1\na = \"x = y\"\n\nc = 2\n\n[t]\nd = [1,2]\n");
}

TEST_CASE("values over several lines stay as they are") {
    const std::string toml = "a = [\n   1,\n\n   2,\n]\nb = '''\n  [x]\n\n\n  y=1 \n'''\nc = \"\"\"  \nz\"\"\"\n";
    CHECK(format_toml(toml).text == toml);
}

TEST_CASE("TOML with comments is checked and not rewritten") {
    CHECK(format_toml("a=1 # one\n").text == "a=1 # one\n");
    CHECK(format_toml("a=\"# none\"\n").text == "a = \"# none\"\n");
    CHECK(format_toml("a= # one\n").fault);
}

TEST_CASE("an '=' in a quoted key is not the one that counts") {
    CHECK(format_toml("\"a=b\"=1\n'c=d' =  2\n").text == "\"a=b\" = 1\n'c=d' = 2\n");
}

TEST_CASE("what is not TOML is reported with its line") {
    const auto out = format_toml("a = 1\nb = \nc = 3\n");
    REQUIRE(out.fault);
    CHECK(out.fault->line == 2);
    CHECK_FALSE(out.fault->text.empty());
}

TEST_CASE("what the parser must not be given is refused before it") {
    CHECK(format_toml("[[[a]]]\n").fault->text == "more than two brackets in front of a table's name");
    CHECK(format_toml("x = 1\n[ [a]]\n").fault->line == 2);
    for (const char* nameless : {"[}\n", "[]", "[ ]\n", "[\n", "[[", "[ [a]]\n", "[[ [a]]]\n", "[.a]\n"})
        CHECK(format_toml(nameless).fault->text == "a table without a name");
    CHECK_FALSE(format_toml("[ a ]\n[[ \"b\" ]]\n['c']\nd = [[[1]]]\n").fault);
    CHECK(format_toml("a = 1&'\xd1\x9d'\n").fault->text == "a quote inside a value");
    CHECK(format_toml("\xc3\xbc = 1\n").fault->text == "a character outside ASCII stands outside quotes");
    CHECK(format_toml("a = " + std::string(30000, '[')).fault->text == "more than 32 levels of brackets");
    std::string key = "a";
    for (int i = 0; i < 30000; ++i) key += ".a";
    CHECK(format_toml(key + " = 1\n").fault->text == "a key of more than 32 parts");
}

TEST_CASE("many numbers with fractions in one array are no deep key") {
    std::string list = "a = [0.1";
    for (int i = 0; i < 100; ++i) list += ", 0.1";
    CHECK_FALSE(format_toml(list + "]\n").fault);
}

TEST_CASE("characters outside ASCII may stand in strings and comments") {
    CHECK_FALSE(format_toml("a = \"ü\" # ü\n'ü' = 1\n").fault);
}
