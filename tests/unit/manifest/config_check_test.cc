// What is said about settings that a schema does not admit. That the right ones are admitted, and only those, is what
// the public suite is for.
#include "tests/unit/manifest/config_fixture.h"

using namespace config_fixture;

TEST_CASE("each fault has its place, for people and as a JSON pointer") {
    CHECK(faults("[config.properties.servers.items.properties]\nport.type = 'integer'",
                 json::parse(R"({"servers": [{}, {"port": 1}, {"port": "x"}]})")) ==
          "config.wrong-type | servers[2].port (/servers/2/port): found \"x\", wanted an integer | write an integer");
    CHECK(faults("[config]\nadditionalProperties.type = 'null'", {{"a/b~c", 1}, {"\x1b[1m d", 2}, {"", 3}}) ==
          "config.wrong-type | \"\" (/): found 3, wanted null | write null\n"
          "config.wrong-type | \"\\x1b[1m d\" (/\\x1b[1m d): found 2, wanted null | write null\n"
          "config.wrong-type | \"a/b~c\" (/a~1b~0c): found 1, wanted null | write null");
}

TEST_CASE("a wrong type is told with the wanted ones") {
    CHECK(faults_of("type = 'boolean'", "yes") ==
          "config.wrong-type | it (/it): found \"yes\", wanted a boolean | write a boolean");
    CHECK(faults_of("type = ['string', 'null', 'array']", json::object()) ==
          "config.wrong-type | it (/it): found an object of 0 keys, wanted a string, an array or null | "
          "write a string, an array or null");
    CHECK(faults_of("type = 'integer'", 2.0).empty());
    CHECK(faults_of("type = 'integer'", 2.5) ==
          "config.wrong-type | it (/it): found 2.5, wanted an integer | write an integer");
    CHECK(faults_of("type = 'string'", {{"a", 1}}) ==
          "config.wrong-type | it (/it): found an object of 1 key, wanted a string | write a string");
}

TEST_CASE("a wrong choice is told with the right ones") {
    CHECK(faults_of("enum = ['light', 'dark']", "drak") ==
          "config.bad-choice | it (/it): found \"drak\", wanted one of \"light\", \"dark\" | write \"dark\"");
    CHECK(
        faults_of("enum = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", 11) ==
        "config.bad-choice | it (/it): found 11, wanted one of 1, 2, 3, 4, 5, 6, 7, 8 and 2 more | write one of them");
    CHECK(faults_of("const = { a = [1] }", {{"a", {1.0}}}).empty());
    CHECK(faults_of("const = true", 1) == "config.bad-choice | it (/it): found 1, wanted true | write true");
}

TEST_CASE("a number outside its range is told with the limit") {
    CHECK(faults_of("minimum = 1", 0.5) ==
          "config.out-of-range | it (/it): found 0.5, wanted at least 1 | write at least 1");
    CHECK(faults_of("maximum = 1.5", 2) ==
          "config.out-of-range | it (/it): found 2, wanted at most 1.5 | write at most 1.5");
    CHECK(faults_of("exclusiveMinimum = 1", 1) ==
          "config.out-of-range | it (/it): found 1, wanted more than 1 | write more than 1");
    CHECK(faults_of("exclusiveMaximum = 1\nmultipleOf = 0.3", 1) ==
          "config.out-of-range | it (/it): found 1, wanted less than 1 | write less than 1\n"
          "config.out-of-range | it (/it): found 1, wanted a multiple of 0.3 | write a multiple of 0.3");
}

TEST_CASE("numbers are compared exactly, also beyond what a double holds") {
    const std::uint64_t large = std::numeric_limits<std::uint64_t>::max();
    CHECK(faults_of("maximum = 9007199254740992", 9007199254740993) ==
          "config.out-of-range | it (/it): found 9007199254740993, wanted at most 9007199254740992 | "
          "write at most 9007199254740992");
    CHECK(faults_of("const = 9007199254740992", 9007199254740992.0).empty());
    CHECK_FALSE(faults_of("const = 9007199254740992", 9007199254740993).empty());
    CHECK_FALSE(faults_of("maximum = 9223372036854775807", large).empty());
    CHECK(faults_of("minimum = -9223372036854775808", std::numeric_limits<std::int64_t>::min()).empty());
    CHECK(faults_of("multipleOf = 5", large).empty());
    CHECK_FALSE(faults_of("multipleOf = 2", large).empty());
}

TEST_CASE("a multiple is one of the decimals that are written") {
    for (const char* value :
         {"4.35", "0.01", "-19.99", "0", "0.0", "1e15", "123456789.01", "1e300", "18446744073709551615"})
        CHECK(faults_of("multipleOf = 0.01", json::parse(value)).empty());
    for (const char* value : {"4.355", "0.001", "1e-300", "-0.005"})
        CHECK_FALSE(faults_of("multipleOf = 0.01", json::parse(value)).empty());
    CHECK(faults_of("multipleOf = 9223372036854775807", json::parse("9223372036854775807")).empty());
    CHECK(faults_of("multipleOf = 5e-324", json::parse("1.5e-323")).empty());
    CHECK_FALSE(faults_of("multipleOf = 7", json::parse("1e308")).empty());
}

TEST_CASE("sizes are counted in code points, items and keys") {
    CHECK(faults_of("maxLength = 2", "日本").empty());
    CHECK(faults_of("maxLength = 2", "日本語") ==
          "config.bad-size | it (/it): found 3 characters, wanted at most 2 | write at most 2 characters");
    CHECK(faults_of("minItems = 1", json::array()) ==
          "config.bad-size | it (/it): found 0 items, wanted at least 1 | write at least 1 item");
    CHECK(faults_of("maxProperties = 0", {{"a", 1}}) ==
          "config.bad-size | it (/it): found 1 key, wanted at most 0 | write at most 0 keys");
}

TEST_CASE("a text that is not of its pattern or format is told with it") {
    CHECK(faults_of("pattern = '^[a-z]+$'", "Ab") ==
          "config.bad-text | it (/it): found \"Ab\", wanted the pattern \"^[a-z]+$\" | write a text that matches it");
    CHECK(faults_of("format = 'date-time'", "2023-02-29T00:00:00Z") ==
          "config.bad-text | it (/it): found \"2023-02-29T00:00:00Z\", wanted the format date-time | "
          "write it as in \"2024-02-29T12:30:00Z\"");
}

TEST_CASE("keys that miss and keys that nobody knows are told") {
    CHECK(
        faults("[config]\nrequired = ['size', 'other']\nadditionalProperties = false\nproperties.size.type = 'integer'",
               {{"siz", 1}, {"x\n", 2}}) ==
        "config.missing-key | size (/size): missing; wanted an integer | add the key \"size\"\n"
        "config.missing-key | other (/other): missing | add the key \"other\"\n"
        "config.unknown-key | siz (/siz): unknown key; did you mean \"size\"? | write \"size\"\n"
        "config.unknown-key | \"x\\x0a\" (/x\\x0a): unknown key | remove it; the keys here are \"size\"");
    CHECK(faults("[config]\ndependencies.a = ['b']", {{"a", 1}}) ==
          "config.missing-key | b (/b): missing; \"a\" needs it | add the key \"b\"");
    CHECK(faults("[config]\npropertyNames.maxLength = 1", {{"ab", 1}}) ==
          "config.bad-key | ab (/ab): the key does not fit: found 2 characters, wanted at most 1 | write another key");
}

TEST_CASE("items are told by their place") {
    CHECK(faults_of("uniqueItems = true", {1, "a", 2, {{"b", 1}}, 1.0}) ==
          "config.duplicate | it[4] (/it/4): found 1.0 for the second time, as in [0] | remove one of them");
    CHECK(faults_of("contains = { type = 'string' }", {1, 2}) ==
          "config.missing-item | it (/it): found 2 items, none of which is what \"contains\" wants | "
          "add an item of that kind");
    CHECK(faults_of("items = [{ type = 'string' }]\nadditionalItems = false", {"a", 1}) ==
          "config.excluded | it[1] (/it/1): found 1, wanted nothing here | remove it");
}

TEST_CASE("where none of the alternatives fits, each says why") {
    CHECK(faults_of("anyOf = [{ type = 'integer' }, { properties.a.properties.b.const = 1 }]", {{"a", {{"b", 2}}}}) ==
          "config.no-alternative | it (/it): found an object of 1 key, which fits none of 2 alternatives: (1) found an "
          "object of 1 key, wanted an integer; (2) it.a.b: found 2, wanted 1 | write what one of them wants");
    CHECK(faults_of("oneOf = [false, false, false, false, false]", 1) ==
          "config.no-alternative | it (/it): found 1, which fits none of 5 alternatives: (1) found 1, wanted nothing "
          "here; (2) found 1, wanted nothing here; (3) found 1, wanted nothing here; (4) found 1, wanted nothing here; "
          "... | write what one of them wants");
}

TEST_CASE("where more than one alternative fits, or one that must not, it is told") {
    CHECK(faults_of("oneOf = [{ minimum = 1 }, { type = 'string' }, { maximum = 5 }]", 3) ==
          "config.ambiguous | it (/it): found 3, which fits the alternatives 1 and 3, wanted exactly one of 3 | "
          "write what one of them alone wants");
    CHECK(faults_of("not = { type = 'null' }", nullptr) ==
          "config.excluded | it (/it): found null, which is excluded | write another value");
}

TEST_CASE("at most a hundred problems are told, and the others counted") {
    json settings;
    for (int i = 0; i < 150; ++i) settings[fmt::format("k{:03}", i)] = i;
    const auto problems = tenon::manifest::validate(schema("[config]\nadditionalProperties.type = 'null'"), settings);
    REQUIRE(problems.size() == 101);
    CHECK(written({problems.back()}) ==
          "config.more-problems | 50 more problems are not shown | repair the ones above first");
}
