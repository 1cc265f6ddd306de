#include <fmt/format.h>

#include "manifest/manifest.h"
#include "tests/support/catch.h"
#include "tests/unit/manifest/parsing.h"

using namespace tenon::manifest;
using tenon::base::Problem;

namespace {

tenon::base::Problems problems(std::string_view toml) {
    Parsed result = parse_manifest(toml, "p.toml");
    CHECK(result.manifest.has_value() == result.problems.empty());
    for (const Problem& problem : result.problems) CHECK_FALSE(problem.fix.empty());
    return std::move(result.problems);
}

// "id | text" of the only problem.
std::string refusal(std::string_view toml) {
    const auto found = problems(toml);
    if (found.size() != 1) return fmt::format("{} problems:\n{}", found.size(), tenon::base::to_text(found));
    return found[0].id + " | " + found[0].text;
}

// Of a manifest that is right in its first three lines.
std::string refusal_after_head(const std::string& rest) {
    return refusal(head + rest);
}

}  // namespace

TEST_CASE("every problem of a manifest is told at once, in the order of the file") {
    const auto found = problems(R"(id = "Tenon"
version = "1.0"
licence = "MIT"
abi = "0"
[contracts]
"org.tenon.pressroom" = "^^1"
[[hooks]]
contract = "org.tenon.presroom"
name = "render"
)");
    CHECK(tenon::base::to_text(found) ==
          "p.toml:1:1: name: missing; wanted a string\n"
          "p.toml:1:6: id: \"Tenon\" is not an id: it has \"Tenon\" at character 1\n"
          "p.toml:2:11: version: \"1.0\" is not a version: wanted a dot and the patch number at its end\n"
          "p.toml:3:1: licence: unknown key; did you mean \"license\"?\n"
          "p.toml:4:7: abi: found a string, wanted an integer\n"
          "p.toml:6:25: contracts.\"org.tenon.pressroom\": \"^^1\" is not a range: wanted a number (without leading "
          "zeros, at most 9007199254740991) or x at character 2, \"^1\"\n"
          "p.toml:8:12: hooks[0].contract: \"org.tenon.presroom\" is not listed in [contracts]; did you mean "
          "\"org.tenon.pressroom\"?");
}

TEST_CASE("id, name and version must be there") {
    CHECK(tenon::base::to_text(problems("")) ==
          "p.toml:1:1: id: missing; wanted a string\n"
          "p.toml:1:1: name: missing; wanted a string\n"
          "p.toml:1:1: version: missing; wanted a string");
    CHECK(problems("")[0].id == "manifest.missing-key");
    CHECK(problems("")[0].fix == "add the key \"id\"");
}

TEST_CASE("an unknown key is refused, with the nearest known one if there is one") {
    CHECK(refusal_after_head("autors = []") ==
          "manifest.unknown-key | p.toml:4:1: autors: unknown key; did you mean \"authors\"?");
    CHECK(refusal_after_head("colour = 1") == "manifest.unknown-key | p.toml:4:1: colour: unknown key");
    CHECK(
        problems(head + "colour = 1")[0].fix ==
        "remove it; the keys here are id, name, version, description, license, authors, abi, kind, keywords, "
        "category, tags, homepage, repository, icon, screenshots, resources, libraries, unload, serialized, isolation, "
        "entities, contracts, dependencies, conflicts, replaces, provides, hosts, platform, limits, permissions, "
        "state, "
        "hooks, services, events, commands, panels, config");
    CHECK(refusal_after_head("[dependency]") ==
          "manifest.unknown-key | p.toml:4:2: dependency: unknown key; did you mean "
          "\"dependencies\"?");
    CHECK(refusal_after_head("\"a\\u001b b\" = 1") == "manifest.unknown-key | p.toml:4:1: \"a\\x1b b\": unknown key");
    CHECK(refusal_after_head("[dependencies]\n'c.d' = { version = '1', optoinal = true }") ==
          "manifest.unknown-key | p.toml:5:26: dependencies.\"c.d\".optoinal: unknown key; did you mean \"optional\"?");
    CHECK(refusal_after_head("[contracts]\n'c.d' = { version = '1', optional = true }") ==
          "manifest.unknown-key | p.toml:5:26: contracts.\"c.d\".optional: unknown key");
    CHECK(refusal_after_head("[contracts]\n'c.d'='1'\n[[hooks]]\ncontract='c.d'\nname='h'\nprio = 1") ==
          "manifest.unknown-key | p.toml:9:1: hooks[0].prio: unknown key");
}

TEST_CASE("a wrong type is told with the found and the wanted one") {
    CHECK(refusal("id = 1\nname = 'x'\nversion = '1.0.0'") ==
          "manifest.wrong-type | p.toml:1:6: id: found an integer, wanted a string");
    CHECK(refusal("id = 'a.b'\nname = ['x']\nversion = '1.0.0'") ==
          "manifest.wrong-type | p.toml:2:8: name: found an array, wanted a string");
    CHECK(refusal("id = 'a.b'\nname = 'x'\nversion = 1.0") ==
          "manifest.wrong-type | p.toml:3:11: version: found a float, wanted a string");
    CHECK(refusal_after_head("description = 2024-01-01") ==
          "manifest.wrong-type | p.toml:4:15: description: found a date or time, wanted a string");
    CHECK(refusal_after_head("authors = 'me'") ==
          "manifest.wrong-type | p.toml:4:11: authors: found a string, wanted an array");
    CHECK(refusal_after_head("authors = ['me', true]") ==
          "manifest.wrong-type | p.toml:4:18: authors[1]: found a boolean, wanted a string");
    CHECK(refusal_after_head("contracts = ['c.d']") ==
          "manifest.wrong-type | p.toml:4:13: contracts: found an array, wanted a table");
    CHECK(refusal_after_head("[contracts]\n'c.d' = 1") ==
          "manifest.wrong-type | p.toml:5:9: contracts.\"c.d\": found an integer, wanted a string or a table");
    CHECK(refusal_after_head("[contracts]\n'c.d' = { version = 1 }") ==
          "manifest.wrong-type | p.toml:5:21: contracts.\"c.d\".version: found an integer, wanted a string");
    CHECK(refusal_after_head("[dependencies]\n'c.d' = { version = '1', optional = 'yes' }") ==
          "manifest.wrong-type | p.toml:5:37: dependencies.\"c.d\".optional: found a string, wanted a boolean");
    CHECK(refusal_after_head("[hooks]\nname = 'h'") ==
          "manifest.wrong-type | p.toml:4:1: hooks: found a table, wanted an array");
    CHECK(refusal_after_head("hooks = ['h']") ==
          "manifest.wrong-type | p.toml:4:10: hooks[0]: found a string, wanted a table");
}

TEST_CASE("numbers have limits") {
    CHECK(refusal_after_head("abi = -1") ==
          "manifest.out-of-range | p.toml:4:7: abi: found -1, wanted a number from 0 to 4294967295");
    CHECK(refusal_after_head("abi = 4294967296") ==
          "manifest.out-of-range | p.toml:4:7: abi: found 4294967296, wanted a number from 0 to 4294967295");
    CHECK(
        refusal_after_head("[contracts]\n'c.d'='1'\n[[hooks]]\ncontract='c.d'\nname='h'\npriority = 2147483648") ==
        "manifest.out-of-range | p.toml:9:12: hooks[0].priority: found 2147483648, wanted a number from -2147483648 to "
        "2147483647");
}

TEST_CASE("texts are not empty, not endless and have no control characters") {
    CHECK(refusal("id = 'a.b'\nname = ''\nversion = '1.0.0'") == "manifest.bad-text | p.toml:2:8: name: \"\" is empty");
    CHECK(refusal("id = 'a.b'\nname = \"a\\nb\"\nversion = '1.0.0'") ==
          "manifest.bad-text | p.toml:2:8: name: \"a\\x0ab\" has the control character 0x0a");
    CHECK(refusal_after_head("license = '" + std::string(129, 'x') + "'") ==
          "manifest.bad-text | p.toml:4:11: license: \"" + std::string(40, 'x') +
              "...\" has 129 bytes, 128 are the most");
    CHECK(refusal_after_head("description = \"a\\u001b\"") ==
          "manifest.bad-text | p.toml:4:15: description: \"a\\x1b\" has the control character 0x1b");
    CHECK(refusal_after_head("authors = ['']") == "manifest.bad-text | p.toml:4:12: authors[0]: \"\" is empty");
}

TEST_CASE("ids of every kind are checked") {
    CHECK(refusal("id = 'markdown'\nname = 'x'\nversion = '1.0.0'") ==
          "manifest.bad-id | p.toml:1:6: id: \"markdown\" is not an id: it has one part only");
    CHECK(refusal("id = 'a..b'\nname = 'x'\nversion = '1.0.0'") ==
          "manifest.bad-id | p.toml:1:6: id: \"a..b\" is not an id: it has an empty part");
    CHECK(refusal("id = 'a." + std::string(62, 'b') + "'\nname = 'x'\nversion = '1.0.0'")
              .ends_with("is not an id: it has 64 bytes, 63 are the most"));
    CHECK(refusal_after_head("[dependencies]\nsolo = '1'") ==
          "manifest.bad-id | p.toml:5:1: dependencies.solo: \"solo\" is not an id: it has one part only");
    CHECK(refusal_after_head("[contracts]\n'C.d' = '1'") ==
          "manifest.bad-id | p.toml:5:1: contracts.\"C.d\": \"C.d\" is not an id: it has \"C\" at character 1");
}

TEST_CASE("an id that was not put between quotes is recognised") {
    const auto found = problems(head + "[contracts]\norg.tenon.pressroom = '^1'");
    REQUIRE(found.size() == 1);
    CHECK(found[0].text == "p.toml:5:1: contracts.org: \"org\" is not an id: it has one part only");
    CHECK(found[0].fix.find("between quotes") != std::string::npos);
}

TEST_CASE("a plugin cannot depend on itself") {
    CHECK(refusal_after_head("[dependencies]\n'a.b' = '^1'") ==
          "manifest.self-dependency | p.toml:5:1: dependencies.\"a.b\": a plugin cannot depend on itself");
}

TEST_CASE("a suggestion from the file is shown without its control characters") {
    const auto found = problems(head + "[contracts]\n\"\tc.d\" = '1'\n[[hooks]]\ncontract = 'c.d'\nname = 'h'");
    REQUIRE(found.size() == 2);
    CHECK(found[1].text ==
          "p.toml:7:12: hooks[0].contract: \"c.d\" is not listed in [contracts]; did you mean \"\\x09c.d\"?");
    CHECK(found[1].fix == "write \"\\x09c.d\"");
}

TEST_CASE("a hook belongs to a listed contract") {
    CHECK(refusal_after_head("[[hooks]]\ncontract = 'c.d'\nname = 'h'") ==
          "manifest.contract-not-listed | p.toml:5:12: hooks[0].contract: \"c.d\" is not listed in [contracts]");
    CHECK(problems(head + "[[hooks]]\ncontract = 'c.d'\nname = 'h'")[0].fix == "add \"c.d\" = \"^1.0\" to [contracts]");
    CHECK(refusal_after_head("[contracts]\n'c.d' = '1'\n[[hooks]]\nname = 'h'") ==
          "manifest.missing-key | p.toml:6:1: hooks[0].contract: missing; wanted a string");
    CHECK(refusal_after_head("[contracts]\n'c.d' = '1'\n[[hooks]]\ncontract = 'c.d'") ==
          "manifest.missing-key | p.toml:6:1: hooks[0].name: missing; wanted a string");
    CHECK(refusal_after_head("[contracts]\n'c.d' = '1'\n[[hooks]]\ncontract = 'c.d'\nname = '2nd'") ==
          "manifest.bad-hook | p.toml:8:8: hooks[0].name: \"2nd\" is not the name of a hook");
}

TEST_CASE("a hook stands in a manifest once") {
    CHECK(refusal_after_head("[contracts]\n'c.d' = '1'\n[[hooks]]\ncontract = 'c.d'\nname = 'h'\n"
                             "[[hooks]]\ncontract = 'c.d'\nname = 'h'\npriority = 1\n"
                             "[[hooks]]\ncontract = 'c.d'\nname = 'H'") ==
          "manifest.duplicate-hook | p.toml:9:1: hooks[1]: the hook \"h\" of c.d stands at line 6 already");
}

TEST_CASE("a key that stands twice is a fault of the TOML") {
    CHECK(refusal_after_head("name = 'y'").starts_with("manifest.syntax | p.toml:4:"));
    CHECK(refusal_after_head("[contracts]\n'c.d' = '1'\n'c.d' = '2'").starts_with("manifest.syntax | p.toml:6:"));
}

TEST_CASE("a fault of the TOML is told with its place") {
    const std::string text = refusal_after_head("abi = = 1");
    CHECK(text.starts_with("manifest.syntax | p.toml:4:7: not TOML: "));
    CHECK(refusal_after_head("abi = 0.x") == "manifest.syntax | p.toml:4:7: \"0.x\" is not a value");
    CHECK(text.find('\n') == std::string::npos);
    CHECK(refusal("a = \"x").starts_with("manifest.syntax | p.toml:1:"));
}

TEST_CASE("lists are not endless") {
    std::string many = head + "[contracts]\n";
    for (int i = 0; i < 129; ++i) many += fmt::format("'c.n{}' = '1'\n", i);
    CHECK(refusal(many) == "manifest.too-many | p.toml:4:1: contracts: found 129 entries, 128 are the most");
}

TEST_CASE("of a manifest that is all wrong the first hundred problems are told and the others counted") {
    std::string wrong = head;
    for (int i = 0; i < 150; ++i) wrong += fmt::format("zzzzz{} = 1\n", i);
    const auto found = problems(wrong);
    REQUIRE(found.size() == 101);
    CHECK(found[99].text == "p.toml:103:1: zzzzz99: unknown key");
    CHECK(found[100].id == "manifest.more-problems");
    CHECK(found[100].text == "p.toml: 50 more problems are not shown");
}

TEST_CASE("the name of a hostile file does not reach the terminal as it is") {
    const Parsed result = parse_manifest("", "a\x1b[2J.toml");
    REQUIRE_FALSE(result.problems.empty());
    CHECK(result.problems[0].text == "a\\x1b[2J.toml:1:1: id: missing; wanted a string");
}
