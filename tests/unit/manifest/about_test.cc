#include "tests/unit/manifest/parsing.h"

using namespace tenon::manifest;
using Words = std::vector<std::string>;

TEST_CASE("what a plugin says about itself is read key by key") {
    const Manifest manifest = manifest_of(R"(kind = "theme"
keywords = ["dark", "high contrast"]
category = "looks"
tags = ["dark", "2-tone"]
homepage = "https://example.org/dark?x=1#top"
repository = "http://git.example.org:8080/dark.git"
icon = "icon.svg"
screenshots = ["one.png", "more/two.png"]
resources = "assets"
libraries = ["lib/libcolour.so.1"]
unload = "retire"
serialized = true
isolation = "worker"
entities = ["document", "drawing"])");
    CHECK(manifest.kind == "theme");
    CHECK(manifest.keywords == Words{"dark", "high contrast"});
    CHECK(manifest.category == "looks");
    CHECK(manifest.tags == Words{"dark", "2-tone"});
    CHECK(manifest.homepage == "https://example.org/dark?x=1#top");
    CHECK(manifest.repository == "http://git.example.org:8080/dark.git");
    CHECK(manifest.icon == "icon.svg");
    CHECK(manifest.screenshots == Words{"one.png", "more/two.png"});
    CHECK(manifest.resources == "assets");
    CHECK(manifest.libraries == Words{"lib/libcolour.so.1"});
    CHECK(manifest.unload == Unload::retire);
    CHECK(manifest.serialized);
    CHECK(manifest.isolation == Isolation::worker);
    CHECK(manifest.entities == Words{"document", "drawing"});
}

TEST_CASE("what a plugin does not say about itself has a default") {
    const Manifest manifest = manifest_of("");
    CHECK(manifest.kind == "tool");
    CHECK(manifest.keywords.empty());
    CHECK(manifest.homepage.empty());
    CHECK(manifest.resources.empty());
    CHECK(manifest.unload == Unload::close);
    CHECK_FALSE(manifest.serialized);
    CHECK(manifest.isolation == Isolation::process);
    CHECK(to_string(Unload::close) == "close");
    CHECK(to_string(Unload::retire) == "retire");
}

TEST_CASE("of some words one is chosen, and a slip of the pen is recognised") {
    CHECK(refusal_of("kind = 'thme'") ==
          "manifest.bad-choice | p.toml:4:8: kind: found \"thme\", wanted one of tool, instrument, workflow, model, "
          "theme, generator, field, connector, library; did you mean \"theme\"?");
    CHECK(fix_of("kind = 'thme'") == "write \"theme\"");
    CHECK(refusal_of("unload = 'never'") ==
          "manifest.bad-choice | p.toml:4:10: unload: found \"never\", wanted one of close, retire");
    CHECK(fix_of("unload = 'never'") == "write one of these words");
    CHECK(refusal_of("unload = ''") ==
          "manifest.bad-choice | p.toml:4:10: unload: found \"\", wanted one of close, retire");
    CHECK(refusal_of("unload = \"\\u001b\"") ==
          "manifest.bad-choice | p.toml:4:10: unload: found \"\\x1b\", wanted one of close, retire");
}

TEST_CASE("where a plugin runs is one of two words") {
    CHECK(manifest_of("isolation = 'process'").isolation == Isolation::process);
    CHECK(to_string(Isolation::process) == "process");
    CHECK(to_string(Isolation::worker) == "worker");
    CHECK(
        refusal_of("isolation = 'workers'") ==
        "manifest.bad-choice | p.toml:4:13: isolation: found \"workers\", wanted one of process, worker; did you mean "
        "\"worker\"?");
    CHECK(fix_of("isolation = 'workers'") == "write \"worker\"");
    CHECK(refusal_of("isolation = ''") ==
          "manifest.bad-choice | p.toml:4:13: isolation: found \"\", wanted one of process, worker");
    CHECK(refusal_of("isolation = true") ==
          "manifest.wrong-type | p.toml:4:13: isolation: found a boolean, wanted a string");
}

TEST_CASE("a name stands in a list once, but authors may share one") {
    CHECK(refusal_of("tags = ['fast', 'new', 'fast']") ==
          "manifest.duplicate | p.toml:4:24: tags[2]: \"fast\" stands at tags[0] already");
    CHECK(manifest_of("authors = ['Ada', 'Ada']").authors == Words{"Ada", "Ada"});
}

TEST_CASE("short names are of small letters, digits and hyphens inside") {
    CHECK(refusal_of("category = 'Text'") ==
          "manifest.bad-name | p.toml:4:12: category: \"Text\" is not a short name: it has \"Text\" at character 1");
    CHECK(refusal_of("category = 'text-'") ==
          "manifest.bad-name | p.toml:4:12: category: \"text-\" is not a short name: it has a hyphen at an end");
    CHECK(refusal_of("category = ''") ==
          "manifest.bad-name | p.toml:4:12: category: \"\" is not a short name: it is empty or has an empty part");
    CHECK(refusal_of("category = '" + std::string(64, 'x') + "'")
              .ends_with("is not a short name: it has 64 bytes, 63 are the most"));
    CHECK(manifest_of("category = '" + std::string(63, 'x') + "'").category.size() == 63);
    CHECK(manifest_of("category = 'a--b'").category == "a--b");
}

TEST_CASE("a keyword is one short line") {
    CHECK(refusal_of("keywords = ['a', \"b\\n\"]") ==
          "manifest.bad-text | p.toml:4:18: keywords[1]: \"b\\x0a\" has the control character 0x0a");
    CHECK(refusal_of("keywords = ['" + std::string(65, 'x') + "']").ends_with("has 65 bytes, 64 are the most"));
}

TEST_CASE("addresses are of the web, without a user, and in ASCII") {
    for (const char* url : {"http://a", "https://a.b/", "https://a.b:1/x", "https://[::1]/", "https://[::1]:80?x",
                            "https://a#b", "https://A-B.example.org/%C3%BC/~x;y=(1),2!*'$&@:"}) {
        INFO(url);
        CHECK(manifest_of(fmt::format("homepage = \"{}\"", url)).homepage == url);
    }
    const auto fault = [](const std::string& url) {
        const std::string text = refusal_of(fmt::format("homepage = \"{}\"", url));
        CHECK(text.starts_with(fmt::format("manifest.bad-url | p.toml:4:12: homepage: \"{}", url.substr(0, 20))));
        return text.substr(text.find("URL: it ") + 8);
    };
    CHECK(refusal_of("homepage = 'example.org'") ==
          "manifest.bad-url | p.toml:4:12: homepage: \"example.org\" is not a URL: it does not begin with http:// or "
          "https://");
    CHECK(fault("HTTPS://a") == "does not begin with http:// or https://");
    CHECK(fault("javascript:alert(1)") == "does not begin with http:// or https://");
    CHECK(fault("https://") == "has a host that is empty or has an empty part");
    CHECK(fault("https://a..b") == "has a host that is empty or has an empty part");
    CHECK(fault("https://a@b/") == "has a host that has \"@b\" at character 2");
    CHECK(fault("https://a:b@c/") == "has the port \"b@c\"");
    CHECK(fault("https://a:/") == "has the port \"\"");
    CHECK(fault("https://a:0/") == "has the port \"0\"");
    CHECK(fault("https://a:65536/") == "has the port \"65536\"");
    CHECK(fault("https://[::1/") == "has a host that has \"[:\" at character 1");
    CHECK(fault("https://[]/") == "has a host that has \"[]\" at character 1");
    CHECK(fault("https://[g]/") == "has a host that has \"g\" at character 1");
    CHECK(fault("https://-a/") == "has a host that has a hyphen at an end");
    CHECK(fault("https://a/b c") == "has a character that must be written as %XX");
    CHECK(fault("https://a/" + std::string(503, 'x')) == "has 513 bytes, 512 are the most");
    CHECK(manifest_of("homepage = 'https://a/" + std::string(502, 'x') + "'").homepage.size() == 512);
}

TEST_CASE("paths cannot climb out of their folder, on no system") {
    for (const char* path : {"a", "a/b.c", ".a", "..a/...b", "a b/-", "@a/$b/*", "\xc3\xbc"}) {
        INFO(path);
        CHECK(manifest_of(fmt::format("resources = '{}'", path)).resources == path);
    }
    const auto fault = [](const std::string& path) {
        const std::string text = refusal_of(fmt::format("resources = '{}'", path));
        CHECK(text.starts_with("manifest.bad-path | p.toml:4:13: resources: "));
        return text.substr(text.find("relative path: it ") + 18);
    };
    CHECK(refusal_of("resources = '../a'") ==
          "manifest.bad-path | p.toml:4:13: resources: \"../a\" is not a relative path: it has the part \"..\", which "
          "ends in a dot or a space");
    CHECK(fault("a/..") == "has the part \"..\", which ends in a dot or a space");
    CHECK(fault("a/.. /b") == "has the part \".. \", which ends in a dot or a space");
    CHECK(fault("./a") == "has the part \".\", which ends in a dot or a space");
    CHECK(fault("a.") == "has the part \"a.\", which ends in a dot or a space");
    CHECK(fault("/a") == "begins with \"/\"");
    CHECK(fault("a//b") == "has an empty part");
    CHECK(fault("a/") == "has an empty part");
    CHECK(fault("") == "is empty");
    CHECK(fault("a\\b") == "has \"\\\" at byte 2");
    CHECK(fault("C:a") == "has \":\" at byte 2");
    CHECK(fault(std::string(256, 'a')) == "has 256 bytes, 255 are the most");
    CHECK(refusal_of("resources = \"a\\u007f\"").ends_with("it has the control character 0x7f"));
}

TEST_CASE("images lie in the resources") {
    CHECK(refusal_of("icon = 'icon.svg'") == "manifest.missing-key | p.toml:1:1: resources: missing; wanted a string");
    CHECK(refusal_of("screenshots = ['one.png']") ==
          "manifest.missing-key | p.toml:1:1: resources: missing; wanted a string");
    CHECK(manifest_of("screenshots = []").resources.empty());
    CHECK(refusal_of("libraries = ['../libfoo.so']").starts_with("manifest.bad-path | p.toml:4:14: libraries[0]: "));
}

TEST_CASE("lists of words have an end") {
    std::string tags = "tags = [";
    for (int i = 0; i < 33; ++i) tags += fmt::format("'t{}',", i);
    CHECK(refusal_of(tags + "]") == "manifest.too-many | p.toml:4:8: tags: found 33 entries, 32 are the most");
    CHECK(fix_of(tags + "]") == "leave some out, or split the plugin");
}
