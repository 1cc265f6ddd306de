#include "sandbox/output.h"

#include "tests/support/catch.h"

using namespace tenon::sandbox;

namespace {

using Lines = std::vector<std::string>;
constexpr std::uint64_t second = 1'000'000'000;

std::string numbered(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
}

}  // namespace

TEST_CASE("a line is told once it is whole, whatever pieces it comes in") {
    Output output;
    CHECK(output.add("on", 1).empty());
    CHECK(output.add("e\ntwo\n\nth", 1) == Lines{"one", "two", ""});
    CHECK(output.add("ree\r\nfour", 1) == Lines{"three"});
    CHECK(output.end(1) == Lines{"four"});
    CHECK(output.end(1).empty());
}

TEST_CASE("what is no text is escaped, and text is not") {
    CHECK(escaped("a\tb \"c\" \\ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
          "a\tb \"c\" \\ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    CHECK(escaped("\x1b[2J\x7f") == "\\x1b[2J\\x7f");
    CHECK(escaped_lines("\x1b\n\n\xff\n") == "\\x1b\n\n\\xff\n");
    CHECK(escaped(std::string_view("a\0b", 3)) == "a\\x00b");
    CHECK(escaped("\xc2\x85") == "\\xc2\\x85");           // a control character of two bytes
    CHECK(escaped("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // right to left from here
    CHECK(escaped("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");  // a line's end, for some
    CHECK(escaped("\xe2\x80\xa7") == "\xe2\x80\xa7");     // just before that
}

TEST_CASE("bytes that only look like UTF-8 are escaped") {
    CHECK(escaped("\xff\xfe") == "\\xff\\xfe");
    CHECK(escaped("\xc0\x80") == "\\xc0\\x80");  // overlong
    CHECK(escaped("\xe0\x80\x80") == "\\xe0\\x80\\x80");
    CHECK(escaped("\xf0\x80\x80\x80") == "\\xf0\\x80\\x80\\x80");
    CHECK(escaped("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // half of a pair
    CHECK(escaped("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond the last
    CHECK(escaped("\xe2\x82") == "\\xe2\\x82");                    // its end is missing
    CHECK(escaped("\xe2(\xa1") == "\\xe2(\\xa1");
}

TEST_CASE("a long line is cut where a character ends, and says by how much") {
    Output output;
    CHECK(output.add(std::string(1024, 'x') + "\n", 1) == Lines{std::string(1024, 'x')});
    CHECK(output.add(std::string(1024, 'x') + "\r\n", 1) == Lines{std::string(1024, 'x')});
    CHECK(output.add(std::string(1025, 'x') + "\n", 1) == Lines{std::string(1024, 'x') + "... (1 bytes more)"});
    CHECK(output.add(std::string(1023, 'x') + "\xe2\x82\xac\n", 1) ==
          Lines{std::string(1023, 'x') + "... (3 bytes more)"});
    for (int i = 0; i < 1000; ++i) CHECK(output.add(std::string(1000, 'x'), 1).empty());
    CHECK(output.end(1) == Lines{std::string(1024, 'x') + "... (998976 bytes more)"});
}

TEST_CASE("beyond so many lines a second they are dropped, and their number is told when the second is over") {
    Output output;
    CHECK(output.due() == UINT64_MAX);
    CHECK(output.add(numbered(1, 1000), 5 * second).size() == 1000);
    CHECK(output.due() == UINT64_MAX);
    CHECK(output.add(numbered(1001, 1012), 5 * second + 1).empty());
    CHECK(output.due() == 6 * second);
    CHECK(output.tick(6 * second - 1).empty());
    CHECK(output.tick(6 * second) == Lines{"12 lines more were dropped"});
    CHECK(output.tick(6 * second).empty());
    CHECK(output.due() == UINT64_MAX);
    CHECK(output.add(numbered(1013, 1013), 6 * second) == Lines{"line 1013"});
}

TEST_CASE("the number of dropped lines comes before the next line, and before the end") {
    Output output;
    CHECK(output.add(numbered(1, 1001), second).size() == 1000);
    CHECK(output.add("next\n", 3 * second) == Lines{"1 line more was dropped", "next"});
    CHECK(output.add(numbered(1, 1002), 3 * second + 1).size() == 999);
    CHECK(output.end(3 * second + 2) == Lines{"3 lines more were dropped"});
}

TEST_CASE("the last words are the last that was written, dropped or not") {
    Output output;
    CHECK(output.last_words().empty());
    output.add("one\ntwo\x1b\nthr", 1);
    CHECK(output.last_words() == "one\ntwo\\x1b\nthr");
    output.add("ee\n", 1);
    CHECK(output.last_words() == "one\ntwo\\x1b\nthree");
    output.add(numbered(1, 5000), 1);
    output.add("the end\n", 1);
    const std::string last = output.last_words();
    CHECK(last.starts_with("...\nline "));
    CHECK(last.ends_with("line 4999\nline 5000\nthe end"));
    CHECK(last.size() > Output::kept - 100);
    CHECK(last.size() <= Output::kept + 4);
}

TEST_CASE("last words without a line's end are cut at their beginning") {
    Output output;
    constexpr std::size_t most = Output::kept - 1000;
    output.add(std::string(most, 'a') + std::string(most, 'b'), 1);
    CHECK(output.last_words() == "..." + std::string(1000, 'a') + std::string(most, 'b'));
    output.add(std::string(most, 'c') + "\n", 1);
    CHECK(output.last_words() == "..." + std::string(999, 'b') + std::string(most, 'c'));
}

TEST_CASE("an allowance is renewed when its stretch is over") {
    Allowance allowance(2, 10);
    CHECK_FALSE(allowance.spent(100));
    CHECK(allowance.use(1, 100));
    CHECK_FALSE(allowance.spent(105));
    CHECK(allowance.use(5, 105));
    CHECK(allowance.spent(109));
    CHECK_FALSE(allowance.use(1, 109));
    CHECK(allowance.until() == 110);
    CHECK_FALSE(allowance.spent(110));
    CHECK(allowance.use(1, 110));
    CHECK(allowance.until() == 120);
}
