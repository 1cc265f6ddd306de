// A schema and settings from anywhere: the work, the depth and the memory end, and in words.
#include <limits>

#include "tests/unit/manifest/config_fixture.h"

using namespace config_fixture;
using tenon::manifest::with_defaults;

namespace {

const std::string too_complex =
    "config.too-complex | the whole document: checking it against the schema takes too many steps | "
    "shorten the settings, or ask the plugin's author for a simpler schema";

std::string doubling(std::string_view how) {
    std::string toml = "[config.definitions]\na0 = { type = 'string', default = 'x' }\n";
    for (int i = 1; i < 40; ++i) toml += fmt::format(fmt::runtime(how), i, i - 1);
    return toml + "[config.properties]\nit = { '$ref' = '#/definitions/a39' }\n";
}

json nested(int depth) {
    json value = json::object();
    for (int i = 0; i < depth; ++i) value = json{{"k", std::move(value)}};
    return value;
}

std::string refusal_of_defaults(const std::string& toml, const json& settings) {
    const auto result = with_defaults(schema(toml), settings);
    return result.ok() ? "" : written({result.problem()});
}

}  // namespace

TEST_CASE("a pattern that makes backtracking engines hang or overflow does neither") {
    CHECK(faults_of("pattern = '^(a+)+$'", std::string(100'000, 'a')).empty());
    CHECK(faults_of("pattern = '^(a+)+$'", std::string(100'000, 'a') + "b")
              .starts_with("config.bad-text | it (/it): found \"aaaa"));
    CHECK(faults_of("pattern = '^(a|b)*$'", std::string(500'000, 'a')).empty());
}

TEST_CASE("a pattern that would take too long on a long text is given up") {
    CHECK(faults_of("pattern = '(a?){200}a{200}b'", std::string(1'000'000, 'a')) == too_complex);
}

TEST_CASE("alternatives that double with each definition are given up") {
    CHECK(faults_of("", 1).empty());
    const std::string toml =
        doubling("a{0} = {{ anyOf = [{{ '$ref' = '#/definitions/a{1}' }}, {{ '$ref' = '#/definitions/a{1}' }}] }}\n");
    CHECK(faults(toml, {{"it", 1}}) == too_complex);
    CHECK(faults(toml, {{"it", "x"}}).empty());
}

TEST_CASE("defaults that double with each definition are given up") {
    const std::string toml = doubling(
        "a{0} = {{ type = 'object', properties = {{ l = {{ '$ref' = '#/definitions/a{1}' }}, r = {{ '$ref' = "
        "'#/definitions/a{1}' }} }} }}\n");
    CHECK(refusal_of_defaults(toml, json::object()) ==
          "config.too-large | the whole document: with its defaults it is too large | "
          "shorten the settings, or ask the plugin's author for smaller defaults");
}

TEST_CASE("a large default for many items is given up") {
    const std::string toml = "[config.properties.it.items.properties]\na.default = '" + std::string(50'000, 'x') + "'";
    CHECK(refusal_of_defaults(toml, {{"it", json::array({json::object()})}}).empty());
    CHECK(refusal_of_defaults(toml, {{"it", json(1000, json::object())}}).starts_with("config.too-large | "));
}

TEST_CASE("a default that takes too long to check is refused with its schema") {
    std::string toml =
        doubling("a{0} = {{ anyOf = [{{ '$ref' = '#/definitions/a{1}' }}, {{ '$ref' = '#/definitions/a{1}' }}] }}\n");
    toml += "here = { '$ref' = '#/definitions/a39', default = 1 }\n";
    CHECK(refusal(toml) ==
          "manifest.bad-schema | p.toml:47:50: config.properties.here.default: to check it takes too many steps | "
          "make the schema simpler: fewer alternatives and references in one another");
}

TEST_CASE("settings may be deep up to a limit, also under a schema that refers to itself") {
    const std::string toml = "[config]\nadditionalProperties = false\nproperties.k.'$ref' = '#'";
    CHECK(faults(toml, nested(63)).empty());
    CHECK(faults(toml, nested(64)) ==
          "config.too-large | the whole document: more than 64 values in one another | "
          "settings are small: leave data elsewhere");
    CHECK(faults(toml, nested(100'000)).starts_with("config.too-large | "));
    CHECK(refusal_of_defaults(toml, nested(100'000)).starts_with("config.too-large | "));
}

TEST_CASE("schemas are not applied too deep within one another") {
    std::string toml = "[config.definitions]\na0 = true\n";
    for (int i = 1; i < 10; ++i) toml += fmt::format("a{} = {{ '$ref' = '#/definitions/a{}' }}\n", i, i - 1);
    toml +=
        "[config]\nallOf = [{ '$ref' = '#/definitions/a9' }]\nproperties.k.allOf = [{ allOf = [{ allOf = [{ '$ref' = "
        "'#' }] }] }]\n";
    CHECK(faults(toml, nested(30)).empty());
    CHECK(faults(toml, nested(63)) == too_complex);
}

TEST_CASE("settings may be large up to a limit") {
    CHECK(faults("[config]", {{"a", json(65'534, 1)}}).empty());
    CHECK(faults("[config]", {{"a", json(65'535, 1)}}) ==
          "config.too-large | the whole document: more than 65536 values | settings are small: leave data elsewhere");
    CHECK(faults("[config]", {{"a", std::string(1024 * 1024 - 1, 'x')}}).empty());
    CHECK(faults("[config]", {{"a", std::string(1024 * 1024, 'x')}}) ==
          "config.too-large | the whole document: more than 1048576 bytes of texts and keys | "
          "settings are small: leave data elsewhere");
}

TEST_CASE("many items are compared with one another in bounded time") {
    json items;
    for (int i = 0; i < 60'000; ++i) items.push_back(i);
    CHECK(faults_of("uniqueItems = true", items).empty());
    items.push_back(59'999);
    CHECK(faults_of("uniqueItems = true", items)
              .starts_with("config.duplicate | it[60000] (/it/60000): found 59999 for the second time, as in [59999]"));
}

TEST_CASE("what is not JSON is refused") {
    const std::string fix = " is not JSON | write it as RFC 8259 says";
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(faults("[config]", {{"a", infinity}}) ==
          "config.not-json | the whole document: a number that is not finite" + fix);
    CHECK(faults("[config]", {{"a", "\xff"}}) ==
          "config.not-json | the whole document: a text that is not UTF-8" + fix);
    CHECK(faults("[config]", {{"\xc3", 1}}) == "config.not-json | the whole document: a text that is not UTF-8" + fix);
    CHECK(faults("[config]", json::binary({1})) == "config.not-json | the whole document: binary data" + fix);
    CHECK(faults("[config]", json::parse("{", nullptr, false)) ==
          "config.not-json | the whole document: a value that could not be parsed" + fix);
    CHECK(refusal_of_defaults("[config]", {{"a", infinity}}).starts_with("config.not-json | "));
}

TEST_CASE("a schema has a limited number of schemas, of patterns, and of both in one another") {
    std::string many = "[config.properties]\n";
    for (int i = 0; i < 1024; ++i) many += fmt::format("k{} = {{}}\n", i);
    CHECK(refusal(many) ==
          "manifest.too-deep | p.toml:1028:9: config.properties.k1023: more than 1024 schemas | "
          "no settings need so many: put what repeats into \"definitions\"");
    std::string patterns = "[config.properties]\n";
    for (int i = 0; i < 66; ++i) patterns += fmt::format("k{} = {{ pattern = 'x' }}\n", i);
    CHECK(
        refusal(patterns) ==
        "manifest.too-many | p.toml:69:19: config.properties.k64.pattern: found more than 64 patterns in one schema | "
        "put what repeats into \"definitions\"");
    std::string deep = "[config.not.not.not.not.not.not.not]\n", tail;
    for (int i = 0; i < 4; ++i) {
        deep += "not.not.not.not.not.not.not = { ";
        tail += " }";
    }
    std::string path = "config";
    for (int i = 0; i < 32; ++i) path += ".not";
    CHECK(refusal(deep + tail) ==
          fmt::format("manifest.too-deep | p.toml:5:109: {}: more than 32 schemas in one another | "
                      "no settings need so many: put what repeats into \"definitions\"",
                      path));
}

TEST_CASE("a value in a schema is not deeper than settings may be") {
    std::string toml = "[config.properties.it]\ndefault", tail;
    for (int i = 0; i < 7; ++i) {
        toml += ".a.a.a.a.a.a.a = { a";
        tail += " }";
    }
    std::string path = "config.properties.it.default";
    for (int i = 0; i < 61; ++i) path += ".a";
    CHECK(refusal(toml + ".a.a.a.a.a.a.a = 1" + tail) ==
          fmt::format(
              "manifest.too-deep | p.toml:5:157: {}: more than 64 values in one another | no setting needs so many",
              path));
}
