#include "host/json.h"

#include <nlohmann/json.hpp>

#include "host/time_text.h"
#include "tests/support/catch.h"

using namespace tenon::host;

TEST_CASE("objects, arrays and values get the commas that JSON wants") {
    std::string out;
    Json json(out);
    json.object().member("a", 1).member("b", "text").name("c").array();
    json.number(-7).null().array().end_array().object().end_object();
    json.end_array().member("d", UINT64_MAX).end_object();
    CHECK(out == R"({"a":1,"b":"text","c":[-7,null,[],{}],"d":18446744073709551615})");
}

TEST_CASE("lines begin where they are asked for, behind the comma") {
    std::string out;
    Json json(out);
    json.array().new_line().number(1).new_line().number(2).new_line().end_array();
    CHECK(out == "[\n1,\n2\n]");
}

TEST_CASE("parts that were written apart are put together") {
    std::string part, out;
    Json(part).member("a", 1).member("b", 2);
    Json(out).object().raw(part).member("c", 3).end_object();
    CHECK(out == R"({"a":1,"b":2,"c":3})");
}

TEST_CASE("every character comes back as it was, and what is no UTF-8 as U+FFFD") {
    std::string all;
    for (char32_t c = 0; c < 0x80; ++c) all += static_cast<char>(c);
    all += "\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf";
    std::string out;
    Json(out).text(all);
    CHECK(nlohmann::json::parse(out) == all);
    for (const char c : out) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != '\x7f'));

    const std::pair<std::string, std::string> broken[] = {{"\xff", "\uFFFD"},
                                                          {"a\xc3", "a\uFFFD"},
                                                          {"\xc3(", "\uFFFD("},
                                                          {"\xc0\xaf", "\uFFFD\uFFFD"},
                                                          {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},
                                                          {"\xf4\x90\x80\x80!", "\uFFFD\uFFFD\uFFFD\uFFFD!"}};
    for (const auto& [bytes, wanted] : broken) {
        out.clear();
        Json(out).text(bytes);
        CHECK(nlohmann::json::parse(out) == wanted);
    }
}

TEST_CASE("spans are shown with three digits, rounded down") {
    CHECK(span_text(0) == "0 ns");
    CHECK(span_text(999) == "999 ns");
    CHECK(span_text(1'000) == "1 us");
    CHECK(span_text(1'249) == "1.24 us");
    CHECK(span_text(50'000) == "50 us");
    CHECK(span_text(83'190'000) == "83.1 ms");
    CHECK(span_text(999'999'999) == "999 ms");
    CHECK(span_text(5'050'000'000) == "5.05 s");
    CHECK(span_text(999'000'000'000) == "999 s");
    CHECK(span_text(1'500'000'000'000) == "25 min");
    CHECK(span_text(7'199'000'000'000) == "119 min");
    CHECK(span_text(7'200'000'000'000) == "2 h");
    CHECK(span_text(172'800'000'000'000) == "2 days");
    CHECK(span_text(UINT64_MAX) == "213503 days");
}

TEST_CASE("seconds are exact to the nanosecond") {
    CHECK(seconds_text(0) == "0");
    CHECK(seconds_text(1) == "0.000000001");
    CHECK(seconds_text(1'240) == "0.00000124");
    CHECK(seconds_text(3'000'000'000) == "3");
    CHECK(seconds_text(UINT64_MAX) == "18446744073.709551615");
}

TEST_CASE("times of day are RFC 3339 in UTC") {
    CHECK(time_of_day(0) == "1970-01-01T00:00:00.000000000Z");
    CHECK(time_of_day(1'709'210'096'000'000'007) == "2024-02-29T12:34:56.000000007Z");
    CHECK(time_of_day(1'709'210'096'000'000'007, false) == "2024-02-29T12:34:56Z");
    CHECK(time_of_day(UINT64_MAX) == "2554-07-21T23:34:33.709551615Z");
}
