#include "manifest/guard.h"

#include <fmt/format.h>

#include <string>

#include "manifest/manifest.h"
#include "manifest/tree.h"
#include "tests/support/catch.h"

using namespace tenon::manifest;
using namespace std::literals;

namespace {

// "id | text", or "passed".
std::string verdict(std::string_view toml) {
    const auto problem = guard(toml, "p.toml");
    return problem ? problem->id + " | " + problem->text : "passed";
}

std::string repeated(std::string_view piece, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += piece;
    return all;
}

}  // namespace

TEST_CASE("the guard lets ordinary TOML pass") {
    CHECK(verdict("") == "passed");
    CHECK(verdict("a = 1\r\n[b]\n\tc = [1, [2, {d = 3.5}]] # \xc3\xbc\n[[e]]\n[ f.\"g\" ]\n") == "passed");
    CHECK(verdict("t = 2024-01-01T00:00:00.5Z") == "passed");
    CHECK(verdict("a = [\n  [1],\n  [\n2]\n]\nb = 1") == "passed");
}

TEST_CASE("a manifest of more than 64 KiB is refused") {
    CHECK(verdict(std::string(65536, '\n')) == "passed");
    CHECK(verdict(std::string(65537, '\n')) ==
          "manifest.too-large | p.toml: the manifest has 65537 bytes, 65536 are the most");
}

TEST_CASE("bytes that are not text are refused with their place, even in strings and comments") {
    CHECK(verdict("a = 'x'\nb = '\xff'") == "manifest.not-text | p.toml:2:6: found the byte 0xff, wanted UTF-8 text");
    CHECK(verdict("# \xc3\xbc \0"sv) == "manifest.not-text | p.toml:1:5: found the byte 0x00, wanted UTF-8 text");
    CHECK(verdict("# \xed\xa0\x80") == "manifest.not-text | p.toml:1:3: found the byte 0xed, wanted UTF-8 text");
}

TEST_CASE("non-ASCII and control characters stand in strings and comments only") {
    CHECK(verdict("a = \"\xc3\xbc\" # \xc3\xbc") == "passed");
    CHECK(verdict("a = '\xc3\xbc'\nb = '''\n\xc3\xbc'''\nc = \"\"\"\n\xc3\xbc\"\"\"") == "passed");
    CHECK(verdict("\xc3\xbc = 1") ==
          "manifest.stray-character | p.toml:1:1: found \"\xc3\xbc\" outside strings and comments");
    CHECK(verdict("a = \"x\" \xe2\x82\xac") ==
          "manifest.stray-character | p.toml:1:9: found \"\xe2\x82\xac\" outside strings and comments");
    CHECK(verdict("a\v= 1") == "manifest.stray-character | p.toml:1:2: found \"\\x0b\" outside strings and comments");
    CHECK(verdict("a = 1\rb = 2") ==
          "manifest.stray-character | p.toml:1:6: found \"\\x0d\" outside strings and comments");
}

TEST_CASE("the guard sees where strings end") {
    // In each, the last character stands outside all strings and comments.
    for (const auto text : {R"(a = "\"" )"sv, R"(a = "\\" )"sv, R"(a = '\' )"sv, R"(a = "" )"sv, R"(a = '' )"sv,
                            R"(a = """x""" )"sv, R"(a = """x"y""z""" )"sv, R"(a = """\"""" )"sv, R"(a = """x""""" )"sv,
                            R"(a = '''x''''' )"sv, R"(a = '''\''' )"sv, R"(a = """""" )"sv, "a = \"\"\"\n#\n\"\"\" "sv,
                            "# \"\n"sv, "a = '#' "sv, "\"a#\" = '\"' "sv}) {
        INFO(text);
        CHECK(verdict(text) == "passed");
        CHECK(verdict(std::string(text) + "\xc3\xbc").starts_with("manifest.stray-character"));
    }
    // And in each of these, inside.
    for (const auto text : {R"(a = "\")"sv, R"(a = """x"" )"sv, R"(a = """\""" )"sv, R"(a = '''x'' )"sv, R"(# "")"sv,
                            "a = \"\"\"\n\"x\"\n"sv}) {
        INFO(text);
        CHECK(verdict(std::string(text) + "\xc3\xbc") == "passed");
    }
}

TEST_CASE("a folded line begins with an ASCII character") {
    CHECK(verdict("a = \"\"\"x \\\n   y\xc3\xbc\"\"\"") == "passed");
    CHECK(verdict("a = \"\"\"\\ \t\r\n\n \"\"\"") == "passed");
    CHECK(verdict("a = '''\\\n\xc3\xbc'''") == "passed");
    CHECK(verdict("a = \"\"\"x \\\n\n  \xc3\xbc\"\"\"") ==
          "manifest.stray-character | p.toml:3:3: found \"\xc3\xbc\" behind a backslash");
    CHECK(verdict("a = \"\"\"\\\xc3\xbc\"\"\"") ==
          "manifest.stray-character | p.toml:1:9: found \"\xc3\xbc\" behind a backslash");
    CHECK(verdict("a = \"\"\"\\ \xc3\xbc\"\"\"").starts_with("manifest.stray-character"));
}

TEST_CASE("deep nesting is refused before anything recurses") {
    CHECK(verdict("a = " + repeated("[", 8) + repeated("]", 8)) == "passed");
    CHECK(verdict("a = " + repeated("[", 9)) ==
          "manifest.too-deep | p.toml:1:13: more than 8 arrays or tables in one another");
    CHECK(verdict("a = " + repeated("{a=", 20000)).starts_with("manifest.too-deep | p.toml:1:29"));
    CHECK(verdict("a = [\n" + repeated("[1],\n", 100) + "]") == "passed");
    CHECK(verdict("a = '" + repeated("[", 100) + "'") == "passed");
}

TEST_CASE("brackets close what was opened last") {
    CHECK(verdict("a = [{}, [[]], { b = [] }]") == "passed");
    CHECK(verdict("a = [ }") == "manifest.syntax | p.toml:1:7: \"}\" does not close \"[\"");
    CHECK(verdict("a = [ {\n ]") == "manifest.syntax | p.toml:2:2: \"]\" does not close \"{\"");
}

TEST_CASE("long dotted keys are refused before anything recurses") {
    CHECK(verdict("a" + repeated(".a", 8) + " = 1") == "passed");
    CHECK(verdict("a" + repeated(".a", 9) + " = 1") == "manifest.too-deep | p.toml:1:18: a key with more than 8 dots");
    CHECK(verdict("a" + repeated(".a", 30000) + " = 1").starts_with("manifest.too-deep"));
    CHECK(verdict("[a" + repeated(" . 'a'", 9) + "]").starts_with("manifest.too-deep"));
    CHECK(verdict("x = { a" + repeated(".a", 9) + " = 1 }").starts_with("manifest.too-deep"));
    CHECK(verdict("x = { a.a.a.a.a = 1, a.b.b.b.b = 1 }") == "passed");
    CHECK(verdict("\"a" + repeated(".a", 100) + "\" = 1") == "passed");
    CHECK(verdict(repeated("a.b = 1.5\n", 20)) == "passed");
}

TEST_CASE("a table header that does not begin with a key is refused, not asserted on") {
    CHECK(verdict("[[[a]]]") == "manifest.syntax | p.toml:1:3: a table header wants a key, found \"[\"");
    CHECK(verdict("a = 1\n  [[ .b]]") == "manifest.syntax | p.toml:2:6: a table header wants a key, found \".\"");
    CHECK(verdict("[#]").starts_with("manifest.syntax"));
    CHECK(verdict("[\n]").starts_with("manifest.syntax"));
    CHECK(verdict("[=]").starts_with("manifest.syntax"));
}

TEST_CASE("values without quotes are checked before the library sees them") {
    for (const char* good : {"true",
                             "false",
                             "0",
                             "-17",
                             "+1_000",
                             "0xdead_BEEF",
                             "0o755",
                             "0b1101",
                             "3.25",
                             "-0.5e-10",
                             "1e6",
                             "6.02E+23",
                             "inf",
                             "-nan",
                             "2024-02-29",
                             "07:32:00",
                             "07:32:00.999",
                             "1979-05-27T07:32:00Z",
                             "1979-05-27t07:32:00.5-07:00",
                             "1979-05-27 07:32:00",
                             "1979-05-27 07:32:00Z",
                             "[1, 2.5, [true]]",
                             "{ a = 1, b.c = [2] }"}) {
        INFO(good);
        CHECK(verdict(std::string("a = ") + good) == "passed");
        CHECK(parse_manifest(std::string("a = ") + good, "p.toml").problems[0].id != "manifest.syntax");
    }
    for (const char* bad : {"True",        "yes",
                            "01",          "-01",
                            "1_",          "_1",
                            "1__0",        "0x",
                            "0xg",         "0b2",
                            "0o8",         "-0x1",
                            "1.",          ".5",
                            "1.e5",        "1e",
                            "1e+",         "+",
                            "-",           "infinity",
                            "1979-05-27T", "1979-05-27T-1:00:00",
                            "1979-5-27",   "7:32:00",
                            "07:32",       "07:32:00.",
                            "07:32:00+1",  "1979-05-27T07:32:00+0700",
                            "0x1p3",       "1.2.3"}) {
        INFO(bad);
        CHECK(verdict(std::string("a = ") + bad) ==
              fmt::format("manifest.syntax | p.toml:1:5: \"{}\" is not a value", bad));
        CHECK(verdict(fmt::format("a = [ {} ]", bad)).starts_with("manifest.syntax"));
        CHECK(verdict(fmt::format("a = {{ b = {} }}", bad)).starts_with("manifest.syntax"));
    }
    // A date, and what is no time behind it; any two values in a row.
    for (const char* bad :
         {"1540-01-00 5", "1979-05-27 07:32", "1979-05-27 x", "1979-05-27  07:32:00", "1 2", "true false"}) {
        INFO(bad);
        CHECK(verdict(std::string("a = ") + bad + "]\nh") ==
              fmt::format("manifest.syntax | p.toml:1:5: \"{}\" is not a value", bad));
    }
    // What the library would take for a part of the value, strings and all.
    CHECK(verdict("a = 0\"\xc3\xbc\"") == "manifest.syntax | p.toml:1:5: \"0\"\" is not a value");
    CHECK(verdict("a = 0[1]") == "manifest.syntax | p.toml:1:5: \"0[\" is not a value");
    CHECK(verdict("a = 0=") == "manifest.syntax | p.toml:1:5: \"0=\" is not a value");
    CHECK(verdict("a = 0\xc3\xbc") == "manifest.syntax | p.toml:1:5: \"0\xc3\xbc\" is not a value");
    CHECK(verdict("a = [0#\n,1]#") == "passed");
    CHECK(verdict("a = " + std::string(100, '1')) == "passed");
    CHECK(verdict("a = " + std::string(101, '1')).starts_with("manifest.syntax"));
}

TEST_CASE("what looks like a malformed value is a good key in the place of a key") {
    CHECK(verdict("01 = 1\n0x = { 1__0 = 1, -.- = 2 }\n[1_]\n[[-]]\n") == "passed");
    CHECK(verdict("a = [1\n, 2]\n0x = 1") == "passed");
    CHECK(verdict("a = [{ 0x = 1 }, { 1_ = 2 }, 0x]") == "manifest.syntax | p.toml:1:30: \"0x\" is not a value");
}

TEST_CASE("known killers of the TOML library end as refusals") {
    for (const std::string& text : {"[[[a]]]"s,
                                    "[ [a]]"s,
                                    "[]"s,
                                    "[[]]"s,
                                    "[[a"s,
                                    "["s,
                                    "[["s,
                                    "[a.]"s,
                                    "[.a]"s,
                                    "a = \xe2\x80\xa8"s,
                                    "a = _"s,
                                    "\xe3\x80\x80 = 1"s,
                                    "a.b.\xc3\xbc = 1"s,
                                    "a" + repeated(".a", 30000) + " = 1",
                                    "a = " + repeated("[", 30000),
                                    "a = \"\"\""s,
                                    "a = '''"s,
                                    "a = \"\\"s,
                                    "a = \"\\u"s,
                                    "a = \"\\uD800\""s,
                                    "a = 1__0"s,
                                    "a = 0x"s,
                                    "a = +"s,
                                    "a = 1e"s,
                                    "a = 99999999999999999999"s,
                                    "a = 2024-13-99"s,
                                    "a = {"s,
                                    "a = {b"s,
                                    "a = [,]"s,
                                    "a = {b=1,}"s,
                                    "a = 1\na = 2"s,
                                    "[a]\n[a]"s,
                                    "a = {}\n[a.b]"s,
                                    "a = 1\n[a]"s,
                                    "\"\"\"a\"\"\" = 1"s,
                                    "= 1"s,
                                    "a ="s,
                                    "a"s}) {
        INFO(text.substr(0, 80));
        const Parsed parsed = parse_manifest(text, "p.toml");
        CHECK_FALSE(parsed.manifest.has_value());
        REQUIRE(parsed.problems.size() == 1);
        CHECK(parsed.problems[0].text.starts_with("p.toml:"));
        CHECK_FALSE(parsed.problems[0].fix.empty());
    }
}

TEST_CASE("a text that the guard lets through and the library does not expect is refused, in every kind of build") {
    // Past the guard on purpose: these end a process that uses the library with its own assertions.
    for (const char* text : {"a = 1540-01-00 5]\nh", "[[[a]]]", "[}"}) {
        INFO(text);
        const auto refused = read_toml(text, "p.toml");
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.problem().id == "manifest.syntax");
    }
    CHECK(read_toml("[[[a]]]", "p.toml").problem().text.starts_with("p.toml:1:"));
}
