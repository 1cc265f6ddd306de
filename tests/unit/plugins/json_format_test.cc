#include "plugins/code-format/json_format.h"

#include "tests/support/catch.h"

using code_format::format_json;

TEST_CASE("JSON keeps the order of its keys, and keys that come twice") {
    const auto out = format_json(R"({"b":1,"a":{"z":true,"y":null},"b":2})");
    REQUIRE_FALSE(out.fault);
    CHECK(out.text == "{\n  \"b\": 1,\n  \"a\": {\n    \"z\": true,\n    \"y\": null\n  },\n  \"b\": 2\n}\n");
}

TEST_CASE("JSON numbers keep their digits") {
    CHECK(format_json("[1.10,1e5,-7,18446744073709551615,123456789012345678901234567890]").text ==
          "[1.10, 1e5, -7, 18446744073709551615, 123456789012345678901234567890]\n");
}

TEST_CASE("short arrays of plain values stay on one line, long ones and others do not") {
    CHECK(format_json("[ 1,\n 2 ]").text == "[1, 2]\n");
    CHECK(format_json("[[1],{}]").text == "[\n  [1],\n  {}\n]\n");
    const std::string word(50, 'x');
    CHECK(format_json("[\"" + word + "\",\"" + word + "\"]").text == "[\n  \"" + word + "\",\n  \"" + word + "\"\n]\n");
}

TEST_CASE("strings keep what they say") {
    CHECK(format_json(R"("\u00fc\n\"\\")").text == "\"ü\\n\\\"\\\\\"\n");
}

TEST_CASE("formatted JSON is left as it is") {
    const std::string once = format_json(R"({"a":[1,{"b":[]}],"c":"d"})").text;
    CHECK(format_json(once).text == once);
}

TEST_CASE("what is not JSON is reported with its line") {
    const auto out = format_json("{\n  \"a\": 1,\n  \"b\" 2\n}\n");
    REQUIRE(out.fault);
    CHECK(out.fault->line == 3);
    CHECK(out.fault->text.find("unexpected number literal; expected ':'") != std::string::npos);
    CHECK(format_json("").fault);
    CHECK(format_json("{} {}").fault);
}

TEST_CASE("brackets may be 64 deep and no deeper") {
    CHECK_FALSE(format_json(std::string(64, '[') + std::string(64, ']')).fault);
    const auto out = format_json(std::string(30000, '['));
    REQUIRE(out.fault);
    CHECK(out.fault->text == "more than 64 levels of brackets");
}
