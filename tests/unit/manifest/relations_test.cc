#include "tests/unit/manifest/parsing.h"

using namespace tenon::manifest;
using Words = std::vector<std::string>;

TEST_CASE("what a plugin is to others is read, in the order and with the places of the file") {
    const Manifest manifest = manifest_of(R"([conflicts]
"c.one" = "*"
"c.two" = "<2"
[replaces]
"r.one" = "^1"
[provides]
"p.one" = "1.9.0-rc.1"
[hosts]
"h.editor" = ">=2 <4"
)");
    REQUIRE(manifest.conflicts.size() == 2);
    CHECK(manifest.conflicts[0].id == "c.one");
    CHECK(manifest.conflicts[0].at == Location{5, 1});
    CHECK(manifest.conflicts[1].range.text() == "<2");
    REQUIRE(manifest.replaces.size() == 1);
    CHECK(manifest.replaces[0].id == "r.one");
    CHECK(manifest.replaces[0].range.text() == "^1");
    REQUIRE(manifest.provides.size() == 1);
    CHECK(manifest.provides[0].id == "p.one");
    CHECK(to_string(manifest.provides[0].version) == "1.9.0-rc.1");
    CHECK(manifest.provides[0].at == Location{10, 1});
    REQUIRE(manifest.hosts.size() == 1);
    CHECK(manifest.hosts[0].id == "h.editor");
    CHECK(manifest.hosts[0].range.text() == ">=2 <4");
}

TEST_CASE("ids, ranges and versions of others are checked") {
    CHECK(refusal_of("[conflicts]\nc = '*'") ==
          "manifest.bad-id | p.toml:5:1: conflicts.c: \"c\" is not an id: it has one part only");
    CHECK(refusal_of("[replaces]\nc.d = '*'") ==
          "manifest.bad-id | p.toml:5:1: replaces.c: \"c\" is not an id: it has one part only");
    CHECK(refusal_of("[hosts]\n'c.d' = 'x.'").starts_with("manifest.bad-range | p.toml:5:9: hosts.\"c.d\": \"x.\" is"));
    CHECK(
        refusal_of("[provides]\n'c.d' = '^1.0.0'") ==
        "manifest.bad-version | p.toml:5:9: provides.\"c.d\": \"^1.0.0\" is not a version: wanted the major number at "
        "character 1, \"^1.0.0\"");
    CHECK(refusal_of("[conflicts]\n'c.d' = { version = '*' }") ==
          "manifest.wrong-type | p.toml:5:9: conflicts.\"c.d\": found a table, wanted a string");
}

TEST_CASE("a plugin is nothing to itself") {
    CHECK(refusal_of("[conflicts]\n'a.b' = '<1'") ==
          "manifest.self-reference | p.toml:5:1: conflicts.\"a.b\": this is the plugin's own id");
    CHECK(refusal_of("[replaces]\n'a.b' = '<1'").starts_with("manifest.self-reference | p.toml:5:1: replaces"));
    CHECK(refusal_of("[provides]\n'a.b' = '1.0.0'").starts_with("manifest.self-reference | p.toml:5:1: provides"));
    CHECK(manifest_of("[hosts]\n'a.b' = '*'").hosts.size() == 1);  // an application is not a plugin
}

TEST_CASE("the system that a plugin wants is read") {
    const Platform platform = manifest_of(R"([platform]
systems = ["linux-x86_64", "windows-riscv64"]
glibc = "2.31"
features = ["sse4.2", "io-uring"])")
                                  .platform;
    CHECK(platform.systems == Words{"linux-x86_64", "windows-riscv64"});
    REQUIRE(platform.glibc.has_value());
    CHECK(to_string(*platform.glibc) == "2.31.0");
    CHECK(platform.features == Words{"sse4.2", "io-uring"});
    CHECK_FALSE(manifest_of("[platform]").platform.glibc.has_value());
}

TEST_CASE("a system that nobody has is refused") {
    CHECK(refusal_of("[platform]\nsystems = ['linux-x86-64']") ==
          "manifest.bad-choice | p.toml:5:12: platform.systems[0]: found \"linux-x86-64\", wanted one of linux-x86_64, "
          "linux-aarch64, linux-riscv64, windows-x86_64, windows-aarch64, windows-riscv64; did you mean "
          "\"linux-x86_64\"?");
    CHECK(refusal_of("[platform]\nfeatures = ['avx3']").ends_with("did you mean \"avx\"?"));
    for (const char* version : {"", "2", "2.", "2.31.0", "2.031", "v2.31", "2.31 ", "2.10000"}) {
        INFO(version);
        CHECK(refusal_of(fmt::format("[platform]\nglibc = '{}'", version)) ==
              fmt::format("manifest.bad-version | p.toml:5:9: platform.glibc: \"{}\" is not a version of GLIBC",
                          version));
    }
    CHECK(refusal_of("[platform]\narch = 'x'") == "manifest.unknown-key | p.toml:5:1: platform.arch: unknown key");
}
