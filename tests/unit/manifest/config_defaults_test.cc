// The defaults of a schema in the place of what settings do not say.
#include "tests/unit/manifest/config_fixture.h"

using namespace config_fixture;

TEST_CASE("what settings say stays, and what they do not say is filled in") {
    const std::string toml = "[config.properties]\na.default = 1\nb.default = [2]\nc.type = 'integer'";
    CHECK(filled(toml, json::object()) == json{{"a", 1}, {"b", {2}}});
    CHECK(filled(toml, {{"a", nullptr}, {"d", 4}}) == json{{"a", nullptr}, {"b", {2}}, {"d", 4}});
}

TEST_CASE("what is filled in is not checked, and may be wrong where the settings are") {
    CHECK(filled("[config.properties]\na.default = 1", json::array()) == json::array());
    CHECK(filled("[config.properties.a.properties]\nb.default = 1", {{"a", 7}}) == json{{"a", 7}});
}

TEST_CASE("defaults within an object that is there are filled in") {
    const std::string toml = "[config.properties.a.properties]\nb.default = 1\nc.items.properties.d.default = 2";
    CHECK(filled(toml, {{"a", {{"c", {json::object(), 5, {{"d", 3}}}}}}}) ==
          json::parse(R"({"a": {"b": 1, "c": [{"d": 2}, 5, {"d": 3}]}})"));
}

TEST_CASE("an object that is missing is made where its defaults alone are valid") {
    const std::string toml =
        "[config.properties.a]\ntype = 'object'\n[config.properties.a.properties]\nb.default = 1\n";
    CHECK(filled(toml, json::object()) == json::parse(R"({"a": {"b": 1}})"));
    CHECK(filled(toml + "[config.properties.a.properties.c]\ntype = 'object'\nproperties.d.default = 2",
                 json::object()) == json::parse(R"({"a": {"b": 1, "c": {"d": 2}}})"));
    CHECK(filled("[config.properties.a]\ntype = 'object'\nrequired = ['c']\nproperties.b.default = 1",
                 json::object()) == json::object());
    CHECK(filled("[config.properties.a]\ntype = 'object'\nproperties.b.type = 'integer'", json::object()) ==
          json::object());
    CHECK(filled("[config.properties.a]\nproperties.b.default = 1", json::object()) == json::object());
}

TEST_CASE("a default is filled in itself") {
    CHECK(filled("[config.properties.a]\ndefault = { c = 3 }\nproperties.b.default = 1", json::object()) ==
          json::parse(R"({"a": {"b": 1, "c": 3}})"));
}

TEST_CASE("the default beside a reference goes before that of the definition") {
    const std::string toml =
        "[config.definitions.n]\ntype = 'integer'\ndefault = 1\n[config.properties]\na = { '$ref' = '#/definitions/n' "
        "}\nb = { '$ref' = '#/definitions/n', default = 2 }";
    CHECK(filled(toml, json::object()) == json{{"a", 1}, {"b", 2}});
}

TEST_CASE("defaults are found in allOf, patternProperties, additionalProperties and tuples") {
    CHECK(filled("[[config.allOf]]\nproperties.a.default = 1\n[[config.allOf]]\nproperties.b.default = 2",
                 json::object()) == json{{"a", 1}, {"b", 2}});
    CHECK(filled("[config.patternProperties]\n'^x'.properties.a.default = 1\n[config.additionalProperties]\n"
                 "properties.b.default = 2",
                 {{"x1", json::object()}, {"y", json::object()}}) == json::parse(R"({"x1": {"a": 1}, "y": {"b": 2}})"));
    CHECK(filled("[config.properties.t]\nitems = [{}, { properties.a.default = 1 }]\nadditionalItems = { "
                 "properties.b.default = 2 }",
                 {{"t", {json::object(), json::object(), json::object()}}}) ==
          json::parse(R"({"t": [{}, {"a": 1}, {"b": 2}]})"));
}

TEST_CASE("alternatives and conditions give no defaults") {
    CHECK(filled("[config]\nanyOf = [{ properties.a.default = 1 }]\noneOf = [{ properties.b.default = 1 }]\n"
                 "if = true\nthen = { properties.c.default = 1 }",
                 json::object()) == json::object());
}

TEST_CASE("a schema that refers to itself is not filled in without end") {
    const std::string toml =
        "[config.properties]\nname.default = 'leaf'\nchild = { '$ref' = '#', default = {} }\nother = { '$ref' = '#' }";
    const json once = filled(toml, json::object());
    CHECK(once == json::parse(R"({"name": "leaf", "child": {"name": "leaf", "other": {"name": "leaf"}},
                                  "other": {"name": "leaf", "child": {"name": "leaf"}}})"));
    CHECK(filled(toml, once) == once);
    CHECK(filled(toml, {{"child", {{"child", json::object()}}}})["child"]["child"]["name"] == "leaf");
}
