#include "manifest/manifest.h"
#include "tests/support/catch.h"

using namespace tenon::manifest;

namespace {

Manifest parsed(std::string_view toml) {
    Parsed result = parse_manifest(toml, "plugin.toml");
    INFO(tenon::base::to_text(result.problems));
    REQUIRE(result.problems.empty());
    REQUIRE(result.manifest.has_value());
    return std::move(*result.manifest);
}

constexpr const char* full = R"(# a plugin
id = "org.tenon.markdown"
name = "Markdown"
version = "1.2.0-rc.1+7"
description = """Turns Markdown
into HTML."""
license = "MIT"
authors = ["Ada", "Zoë <zoe@example.org>"]
abi = 3

[contracts]
"org.tenon.pressroom" = "^1.0"
"org.acme.shop" = { version = ">=2 <4", optional_tail = true }

[dependencies]
"org.tenon.table-of-contents" = "~1.4"
"org.acme.index" = { version = "^1", optional = true }

[[hooks]]
contract = "org.tenon.pressroom"
name = "render"
priority = -10

[[hooks]]
contract = "org.acme.shop"
name = "price"
)";

}  // namespace

TEST_CASE("a manifest is read key by key") {
    const Manifest manifest = parsed(full);
    CHECK(manifest.id == "org.tenon.markdown");
    CHECK(manifest.name == "Markdown");
    CHECK(to_string(manifest.version) == "1.2.0-rc.1+7");
    CHECK(manifest.description == "Turns Markdown\ninto HTML.");
    CHECK(manifest.license == "MIT");
    CHECK(manifest.authors == std::vector<std::string>{"Ada", "Zoë <zoe@example.org>"});
    CHECK(manifest.abi == 3u);
}

TEST_CASE("contracts, dependencies and hooks keep the order and the places of the file") {
    const Manifest manifest = parsed(full);
    REQUIRE(manifest.contracts.size() == 2);
    CHECK(manifest.contracts[0].id == "org.tenon.pressroom");
    CHECK(manifest.contracts[0].range.text() == "^1.0");
    CHECK_FALSE(manifest.contracts[0].optional_tail);
    CHECK(manifest.contracts[0].at == Location{12, 1});
    CHECK(manifest.contracts[1].id == "org.acme.shop");
    CHECK(manifest.contracts[1].range.text() == ">=2 <4");
    CHECK(manifest.contracts[1].optional_tail);
    REQUIRE(manifest.dependencies.size() == 2);
    CHECK(manifest.dependencies[0].id == "org.tenon.table-of-contents");
    CHECK(manifest.dependencies[0].range.text() == "~1.4");
    CHECK_FALSE(manifest.dependencies[0].optional);
    CHECK(manifest.dependencies[1].id == "org.acme.index");
    CHECK(manifest.dependencies[1].optional);
    CHECK(manifest.dependencies[1].at == Location{17, 1});
    REQUIRE(manifest.hooks.size() == 2);
    CHECK(manifest.hooks[0].contract == "org.tenon.pressroom");
    CHECK(manifest.hooks[0].name == "render");
    CHECK(manifest.hooks[0].priority == -10);
    CHECK(manifest.hooks[0].at == Location{19, 1});
    CHECK(manifest.hooks[1].priority == 0);
}

TEST_CASE("three keys are enough") {
    const Manifest manifest = parsed("id = 'a.b'\nname = 'x'\nversion = '0.0.0'");
    CHECK(manifest.id == "a.b");
    CHECK(manifest.authors.empty());
    CHECK_FALSE(manifest.abi.has_value());
    CHECK(manifest.contracts.empty());
    CHECK(manifest.dependencies.empty());
    CHECK(manifest.hooks.empty());
}

TEST_CASE("TOML's other ways to write the same are read alike") {
    const Manifest manifest = parsed(
        "\xef\xbb\xbfid = 'a.b'\r\nname = 'x'\r\nversion = '1.0.0'\r\n"
        "contracts.\"c.d\".version = '^1'\r\n"
        "contracts.\"c.d\".optional_tail = true\r\n"
        "hooks = [ { contract = 'c.d', name = 'h', priority = 0x10 } ]\r\n");
    REQUIRE(manifest.contracts.size() == 1);
    CHECK(manifest.contracts[0].optional_tail);
    REQUIRE(manifest.hooks.size() == 1);
    CHECK(manifest.hooks[0].priority == 16);
}

TEST_CASE("a manifest outlives the text it was read from") {
    std::string text = "id = 'a.b'\nname = 'x'\nversion = '1.0.0'\n[contracts]\n'c.d' = '^1'";
    const Manifest manifest = parsed(text);
    text.assign(text.size(), '#');
    text.clear();
    text.shrink_to_fit();
    CHECK(manifest.id == "a.b");
    CHECK(manifest.contracts[0].range.text() == "^1");
}

TEST_CASE("an id has two or more parts of small letters, digits and hyphens") {
    for (const char* id : {"a.b", "org.tenon.table-of-contents", "0.1", "-.-", "a.b.c.d.e.f"}) CHECK(is_id(id));
    for (const char* id : {"", ".", "a", "a.", ".a", "a..b", "A.b", "a.b_c", "a.b ", "a.\xc3\xbc", "a/b.c"})
        CHECK_FALSE(is_id(id));
    CHECK(is_id("a." + std::string(61, 'b')));
    CHECK_FALSE(is_id("a." + std::string(62, 'b')));
}
