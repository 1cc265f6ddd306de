// What the table [config] of a manifest may be.
#include "tests/unit/manifest/config_fixture.h"

using namespace config_fixture;

TEST_CASE("a manifest without [config] has no schema") {
    const Parsed parsed = tenon::manifest::parse_manifest(head, "p.toml");
    REQUIRE(parsed.manifest.has_value());
    CHECK_FALSE(parsed.manifest->config.has_value());
}

TEST_CASE("an empty schema admits every object and nothing else") {
    CHECK(faults("[config]", json::object()).empty());
    CHECK(faults("[config]", {{"a", nullptr}}).empty());
    CHECK(faults("[config]", 1.5) ==
          "config.wrong-type | the whole document: found 1.5, wanted an object | write an object");
}

TEST_CASE("a schema is kept as the JSON that it means") {
    const auto read = schema("[config]\ntitle = 'T'\n[config.properties]\na = { enum = [1, 1.5, true, 'x', [], {}] }");
    CHECK(tenon::manifest::as_json(read) ==
          json::parse(R"({"title": "T", "properties": {"a": {"enum": [1, 1.5, true, "x", [], {}]}}})"));
}

TEST_CASE("an unknown keyword is refused, with the nearest known one if there is one") {
    CHECK(
        refusal("[config.properties.a]\nminimun = 1") ==
        "manifest.unknown-key | p.toml:5:1: config.properties.a.minimun: unknown keyword; did you mean \"minimum\"? | "
        "write \"minimum\"");
    CHECK(refusal("[config]\n\"$id\" = 'x'\ncolour = \"\\u001b\"") ==
          "manifest.unknown-key | p.toml:5:1: config.\"$id\": unknown keyword | "
          "remove it; docs/config.md lists the keywords\n"
          "manifest.unknown-key | p.toml:6:1: config.colour: unknown keyword | "
          "remove it; docs/config.md lists the keywords");
}

TEST_CASE("settings are an object") {
    CHECK(refusal("[config]\ntype = 'array'") ==
          "manifest.bad-schema | p.toml:5:8: config.type: settings are an object | write type = \"object\"");
    CHECK(refusal("[config]\ntype = ['object', 'null']") ==
          "manifest.bad-schema | p.toml:5:8: config.type: settings are an object | write type = \"object\"");
    CHECK(refusal("[config]\n\"$ref\" = '#/definitions/a'\ndefinitions.a.type = 'object'") ==
          "manifest.bad-schema | p.toml:5:10: config.\"$ref\": the root is not a reference | "
          "write the properties at the root");
    CHECK(refusal("config = true") ==
          "manifest.wrong-type | p.toml:4:10: config: found a boolean, wanted a table | write a table");
}

TEST_CASE("a keyword of the wrong type is refused") {
    CHECK(
        refusal("[config]\ntitle = 1\nproperties = []\nrequired = 'a'\nallOf = {}\nuniqueItems = 1\nminItems = 1.0") ==
        "manifest.wrong-type | p.toml:5:9: config.title: found an integer, wanted a string | write a string\n"
        "manifest.wrong-type | p.toml:6:14: config.properties: found an array, wanted a table | write a table\n"
        "manifest.wrong-type | p.toml:7:12: config.required: found a string, wanted an array | write an array\n"
        "manifest.wrong-type | p.toml:8:9: config.allOf: found a table, wanted an array | write an array\n"
        "manifest.wrong-type | p.toml:9:15: config.uniqueItems: found an integer, wanted a boolean | write a boolean\n"
        "manifest.wrong-type | p.toml:10:12: config.minItems: found a float, wanted an integer | write an integer");
    CHECK(
        refusal("[config.properties]\na = 'string'\nb.not = 1") ==
        "manifest.wrong-type | p.toml:5:5: config.properties.a: found a string, wanted a schema: a table or a boolean "
        "| write a table of keywords, as in { type = \"string\" }\n"
        "manifest.wrong-type | p.toml:6:9: config.properties.b.not: found an integer, wanted a schema: a table or a "
        "boolean | write a table of keywords, as in { type = \"string\" }");
    CHECK(refusal("[config.properties.a]\nminimum = '1'") ==
          "manifest.wrong-type | p.toml:5:11: config.properties.a.minimum: found a string, wanted a number | "
          "write a number");
}

TEST_CASE("numbers of a schema have limits") {
    CHECK(refusal("[config.properties.a]\nminLength = -1\nmultipleOf = 0.0") ==
          "manifest.out-of-range | p.toml:5:13: config.properties.a.minLength: found -1, wanted a number from 0 | "
          "write a number of that range\n"
          "manifest.out-of-range | p.toml:6:14: config.properties.a.multipleOf: found 0.0, wanted a number above 0 | "
          "write a number of that range");
}

TEST_CASE("types and formats are words of a list") {
    CHECK(refusal("[config.properties.a]\ntype = 'strin'\nformat = 'ip4'") ==
          "manifest.bad-schema | p.toml:5:8: config.properties.a.type: \"strin\" is not a type; did you mean "
          "\"string\"? | write \"string\"\n"
          "manifest.bad-schema | p.toml:6:10: config.properties.a.format: \"ip4\" is not a format; did you mean "
          "\"ipv4\"? | write \"ipv4\"");
    CHECK(refusal("[config.properties.a]\ntype = ['text', 'null', 'null']\nformat = 'regex'") ==
          "manifest.bad-schema | p.toml:5:9: config.properties.a.type[0]: \"text\" is not a type | "
          "write one of null, boolean, integer, number, string, array, object\n"
          "manifest.bad-schema | p.toml:5:25: config.properties.a.type[2]: stands twice | remove it\n"
          "manifest.bad-schema | p.toml:6:10: config.properties.a.format: \"regex\" is not a format | "
          "write one of date, date-time, email, hostname, ipv4, ipv6, time, uri");
}

TEST_CASE("what would admit nothing or say nothing is refused") {
    CHECK(refusal("[config.properties.a]\ntype = []\nenum = []\nanyOf = []") ==
          "manifest.bad-schema | p.toml:5:8: config.properties.a.type: an empty list admits nothing | "
          "name at least one type\n"
          "manifest.bad-schema | p.toml:6:8: config.properties.a.enum: an empty list admits nothing | "
          "list at least one value\n"
          "manifest.bad-schema | p.toml:7:9: config.properties.a.anyOf: an empty list says nothing | "
          "list at least one schema");
    CHECK(refusal("[config]\nrequired = ['a', 'b', 'a']") ==
          "manifest.bad-schema | p.toml:5:23: config.required[2]: \"a\" stands twice | remove it");
}

TEST_CASE("only what JSON has too may be a value in a schema") {
    CHECK(refusal("[config.properties.a]\nconst = 2024-01-01\nenum = [1, [nan]]\nminimum = -inf\ndefault.x = inf") ==
          "manifest.bad-schema | p.toml:5:9: config.properties.a.const: JSON has no dates and times | "
          "put it between quotes\n"
          "manifest.bad-schema | p.toml:6:13: config.properties.a.enum[1][0]: JSON has no infinity and no nan | "
          "write a finite number\n"
          "manifest.bad-schema | p.toml:7:11: config.properties.a.minimum: JSON has no infinity and no nan | "
          "write a finite number\n"
          "manifest.bad-schema | p.toml:8:13: config.properties.a.default.x: JSON has no infinity and no nan | "
          "write a finite number");
}

TEST_CASE("the dialect is draft 7") {
    CHECK(refusal("[config]\n\"$schema\" = 'http://json-schema.org/draft-07/schema#'").empty());
    CHECK(refusal("[config]\n\"$schema\" = 'https://json-schema.org/draft/2020-12/schema'") ==
          "manifest.bad-schema | p.toml:5:13: config.\"$schema\": \"https://json-schema.org/draft/2020-12/schema\" is "
          "not the dialect | write \"http://json-schema.org/draft-07/schema#\", or nothing");
}

TEST_CASE("words for people have no control characters") {
    CHECK(refusal("[config]\ndescription = \"a\\u001b\"\ntitle = ''") ==
          "manifest.bad-text | p.toml:5:15: config.description: \"a\\x1b\" has the control character 0x1b | "
          "write some words without control characters\n"
          "manifest.bad-text | p.toml:6:9: config.title: \"\" is empty | write some words without control characters");
}

TEST_CASE("a pattern is one of RE2, and not too large") {
    CHECK(refusal("[config.properties.a]\npattern = '(a'\n[config.patternProperties]\n'(?=b)' = {}") ==
          "manifest.bad-pattern | p.toml:5:11: config.properties.a.pattern: \"(a\" is not a pattern: missing ): (a | "
          "write a regular expression of RE2 (https://github.com/google/re2/wiki/Syntax)\n"
          "manifest.bad-pattern | p.toml:7:1: config.patternProperties.\"(?=b)\": \"(?=b)\" is not a pattern: invalid "
          "perl operator: (?= | write a regular expression of RE2 (https://github.com/google/re2/wiki/Syntax)");
    CHECK(refusal("[config.properties.a]\npattern = '((a{100}){100}){100}'") ==
          "manifest.bad-pattern | p.toml:5:11: config.properties.a.pattern: \"((a{100}){100}){100}\" is not a pattern: "
          "invalid repetition size: {100} | write a regular expression of RE2 "
          "(https://github.com/google/re2/wiki/Syntax)");
    CHECK(refusal("[config.properties.a]\npattern = '" + std::string(513, 'a') + "'") ==
          "manifest.bad-pattern | p.toml:5:11: config.properties.a.pattern: \"" + std::string(80, 'a') +
              "...\" is not a pattern: it has 513 bytes, 512 are the most | write a regular expression of RE2 "
              "(https://github.com/google/re2/wiki/Syntax)");
}

TEST_CASE("a reference names a definition of the same schema") {
    CHECK(refusal("[config.properties]\na.'$ref' = '#/definitions/nme'\nb.'$ref' = 'https://example.org/s.json'\n"
                  "c.'$ref' = '#/properties/a'\n[config.definitions.name]") ==
          "manifest.bad-reference | p.toml:5:12: config.properties.a.\"$ref\": there is no definition \"nme\"; did you "
          "mean \"name\"? | name one of the table \"definitions\" at the root\n"
          "manifest.bad-reference | p.toml:6:12: config.properties.b.\"$ref\": \"https://example.org/s.json\" is not a "
          "reference | write \"#/definitions/NAME\", or \"#\" for the whole schema\n"
          "manifest.bad-reference | p.toml:7:12: config.properties.c.\"$ref\": \"#/properties/a\" is not a reference | "
          "write \"#/definitions/NAME\", or \"#\" for the whole schema");
}

TEST_CASE("nothing stands beside a reference that would be ignored") {
    CHECK(refusal("[config.properties.a]\n'$ref' = '#'\ntitle = 't'\nminimum = 1") ==
          "manifest.bad-reference | p.toml:7:1: config.properties.a.minimum: is ignored beside a \"$ref\" | "
          "put both into \"allOf\": [{ \"$ref\" = ... }, { ... }]");
}

TEST_CASE("beside a reference an unknown keyword is that, and words are welcome") {
    CHECK(refusal("[config.properties.a]\n'$ref' = '#'\ncolour = 1") ==
          "manifest.unknown-key | p.toml:6:1: config.properties.a.colour: unknown keyword | "
          "remove it; docs/config.md lists the keywords");
    CHECK(refusal("[config.properties.a]\n'$ref' = '#'\n'$comment' = 'c'\ndescription = 'd'\ndefault = {}").empty());
    CHECK(refusal("[config]\n'$comment' = 1") ==
          "manifest.wrong-type | p.toml:5:14: config.\"$comment\": found an integer, wanted a string | write a string");
}

TEST_CASE("a reference that leads back without going deeper is refused") {
    const std::string fix = " | break the circle";
    CHECK(
        refusal("[config.properties.a]\n'$ref' = '#/definitions/a'\n[config.definitions]\na.'$ref' = "
                "'#/definitions/a'") ==
        "manifest.bad-reference | p.toml:7:12: config.definitions.a.\"$ref\": leads back to itself without going into "
        "a property or an item" +
            fix);
    CHECK(refusal("[config.definitions]\na.anyOf = [{ '$ref' = '#/definitions/b' }]\nb.not = { '$ref' = "
                  "'#/definitions/a' }") ==
          "manifest.bad-reference | p.toml:6:20: config.definitions.b.not.\"$ref\": leads back to itself without going "
          "into a property or an item" +
              fix);
    CHECK(
        refusal("[config.dependencies]\na.'$ref' = '#'") ==
        "manifest.bad-reference | p.toml:5:12: config.dependencies.a.\"$ref\": leads back to itself without going into "
        "a property or an item" +
            fix);
    CHECK(refusal("[config.properties.a.items]\n'$ref' = '#'").empty());
}

TEST_CASE("definitions stand at the root") {
    CHECK(
        refusal("[config.properties.a.definitions.b]") ==
        "manifest.bad-schema | p.toml:4:1: config.properties.a.definitions: definitions stand at the root of a schema "
        "| move them there");
}

TEST_CASE("a default and an example fit their own schema") {
    CHECK(
        refusal("[config.properties.a]\ntype = 'integer'\ndefault = 'x'\nexamples = [1, 2.5]") ==
        "manifest.bad-default | p.toml:6:11: config.properties.a.default: does not fit its own schema: found \"x\", "
        "wanted an integer | write an integer\n"
        "manifest.bad-default | p.toml:7:16: config.properties.a.examples[1]: does not fit its own schema: found 2.5, "
        "wanted an integer | write an integer");
    CHECK(refusal("[config.properties.a]\ndefault = { b = { c = [0, -1] } }\n"
                  "properties.b.properties.c.items.minimum = 0") ==
          "manifest.bad-default | p.toml:5:11: config.properties.a.default: does not fit its own schema: b.c[1]: found "
          "-1, wanted at least 0 | write at least 0");
}

TEST_CASE("a default may leave to other defaults what it requires") {
    CHECK(refusal("[config.properties.a]\ndefault = {}\nrequired = ['b']\nproperties.b.default = 1").empty());
    CHECK(refusal("[config.properties.a]\ndefault = {}\nrequired = ['b']") ==
          "manifest.bad-default | p.toml:5:11: config.properties.a.default: does not fit its own schema: b: missing | "
          "add the key \"b\"");
}

TEST_CASE("problems of the schema and of the other keys are told together") {
    CHECK(
        refusal("abi = '0'\n[config]\ntype = 1\n[contracts]\nx = '^1'") ==
        "manifest.wrong-type | p.toml:4:7: abi: found a string, wanted an integer | write an integer\n"
        "manifest.wrong-type | p.toml:6:8: config.type: found an integer, wanted a string | write a string\n"
        "manifest.bad-id | p.toml:8:1: contracts.x: \"x\" is not an id: it has one part only | write two or more parts "
        "of a-z, 0-9 and hyphens joined by dots, all between quotes: \"org.tenon.markdown\"");
}
