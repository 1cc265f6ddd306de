// The formats of texts, at their edges. The public suite has the plain cases.
#include <map>

#include "manifest/schema_format.h"
#include "tests/support/catch.h"

using namespace tenon::manifest;

namespace {

struct Edges {
    std::vector<std::string> good, bad;
};

const std::map<std::string, Edges, std::less<>> edges{
    {"date",
     {{"2000-02-29", "0000-01-01", "9999-12-31"},
      {"", "1900-02-29", "2023-00-10", "2023-13-01", "2023-04-31", "2023-1-01", "2023-01-00", "2023-01-01 ",
       "02023-01-01"}}},
    {"time",
     {{"00:00:00Z", "23:59:60Z", "23:59:60.9z", "00:59:60+01:00", "15:59:60-08:00", "12:00:00.123456789+23:59"},
      {"24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:60Z", "23:59:60+01:00", "12:00:00", "12:00:00.Z", "12:00:00+24:00",
       "12:00:00+1:00", "12:00Z", "12:00:00 Z"}}},
    {"date-time",
     {{"2016-12-31T23:59:60Z", "2024-02-29t12:30:00z"},
      {"2024-02-30T12:30:00Z", "2024-02-29 12:30:00Z", "2024-02-29", "2024-02-29T", "T12:30:00Z"}}},
    {"email",
     {{"a@b", "a.b+c@example.org", "\"a b\"@example.org", "\"a\\\"@b\"@example.org", "a@[192.0.2.1]", "a@[IPv6:::1]"},
      {"", "@", "a@", "@b", "a b@c", ".a@b", "a.@b", "a..b@c", "\"a@b", "\"a\"b\"@c", "\"a\\\"@b", "a@[b]",
       "a@[192.0.2.1", "a@[", "a@b_c", "\xc3\xa4@b"}}},
    {"hostname",
     {{"a", "1.2", "a-b.c--d", std::string(63, 'a') + ".b"},
      {"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", std::string(64, 'a'), "\xc3\xa4"}}},
    {"ipv4",
     {{"0.0.0.0", "255.255.255.255", "10.0.0.1"},
      {"", "256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.", "01.2.3.4", "1.2.3.0x4", "1.2.3.4 ", "1..2.3", "1000.1.1.1"}}},
    {"ipv6",
     {{"::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1",
       "1:2:3:4:5:6:7::", "ABCD::ef01"},
      {"", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "::g",
       "1:2:", ":1:2:3:4:5:6:7:8", "::192.0.2", "192.0.2.1::", "1:2:3:4:5:6:7:192.0.2.1", "fe80::1%eth0"}}},
    {"uri",
     {{"a:", "http://a", "http://u:p@[::1]:80/a?b#c", "http://[v1.a:b]/", "http://a:/", "mailto:a@b", "urn:a:b",
       "file:///a", "h+1-.:/a/%C3%A4"},
      {"",
       "a",
       "/a",
       "//a/b",
       ":a",
       "1a:b",
       "+a:b",
       "h_t:a",
       "http://a b",
       "http://[::1",
       "http://[::g]",
       "http://[v.a]",
       "http://[v1.]",
       "http://[]",
       "http://a:b/",
       "http://a/%4",
       "http://a/%zz",
       "http://a/\xc3\xa4",
       "http://a@b@c/",
       "a:b#c#d",
       "a:[b]",
       "a:\\b",
       "http://a?b\"c"}}},
};

}  // namespace

TEST_CASE("a format admits what its standard says, and nothing else") {
    std::size_t seen = 0;
    for (const SchemaFormat& format : schema_formats()) {
        REQUIRE(edges.contains(format.name));
        ++seen;
        for (const std::string& text : edges.find(format.name)->second.good) {
            INFO(format.name << " \"" << text << "\"");
            CHECK(format.admits(text));
        }
        for (const std::string& text : edges.find(format.name)->second.bad) {
            INFO(format.name << " \"" << text << "\"");
            CHECK_FALSE(format.admits(text));
        }
    }
    CHECK(seen == edges.size());
}
