#include "tests/unit/manifest/parsing.h"

using namespace tenon::manifest;
using Words = std::vector<std::string>;

namespace {

// Behind "it".
std::string glob_fault(const std::string& key, const std::string& glob) {
    const std::string refusal = refusal_of(fmt::format("[permissions]\n{} = ['{}']", key, glob));
    CHECK(
        refusal.starts_with(fmt::format("manifest.bad-glob | p.toml:5:{}: permissions.{}[0]: ", key.size() + 5, key)));
    return refusal.substr(refusal.find(": it ") + 5);
}

std::string domain_fault(const std::string& domain) {
    const std::string refusal = refusal_of(fmt::format("[[permissions.network]]\ndomains = ['{}']", domain));
    CHECK(refusal.starts_with("manifest.bad-name | p.toml:5:12: permissions.network[0].domains[0]: "));
    return refusal.substr(refusal.find("is not a domain: it ") + 20);
}

}  // namespace

TEST_CASE("permissions are read key by key") {
    const Permissions permissions = manifest_of(R"([permissions]
read = ["$data/**", "/usr/share/dict/*"]
write = ["$temp"]
environment = ["LANG", "_"]
services = ["org.acme.store", "org.acme.tax/12"]
notifications = true
clipboard = "read-write"
devices = ["usb", "camera"]
content = "change")")
                                        .permissions;
    CHECK(permissions.read == Words{"$data/**", "/usr/share/dict/*"});
    CHECK(permissions.write == Words{"$temp"});
    CHECK(permissions.environment == Words{"LANG", "_"});
    CHECK(permissions.services == Words{"org.acme.store", "org.acme.tax/12"});
    CHECK(permissions.notifications);
    CHECK(permissions.clipboard == Access::read_write);
    CHECK(permissions.devices == Words{"usb", "camera"});
    CHECK(permissions.content == Content::change);
}

TEST_CASE("tables of permissions are read in their order") {
    const Permissions permissions = manifest_of(R"([[permissions.network]]
domains = ["*.example.org", "localhost"]
[[permissions.network]]
domains = ["*"]
protocols = ["udp", "https"]
ports = [53, 443]
[[permissions.collections]]
name = "notes"
access = "write"
[[permissions.models]]
name = "*"
tokens_per_call = 4000
[[permissions.models]]
name = "acme/large:1"
tokens_per_day = 9007199254740991
[[permissions.processes]]
program = "/usr/bin/git"
arguments = ["log", "--since={first_day}", "{path}{x2}", "log"]
[[permissions.processes]]
program = "/usr/bin/git")")
                                        .permissions;
    REQUIRE(permissions.network.size() == 2);
    CHECK(permissions.network[0].domains == Words{"*.example.org", "localhost"});
    CHECK(permissions.network[0].protocols == Words{"https"});
    CHECK(permissions.network[0].ports.empty());
    CHECK(permissions.network[1].protocols == Words{"udp", "https"});
    CHECK(permissions.network[1].ports == std::vector<std::uint16_t>{53, 443});
    REQUIRE(permissions.collections.size() == 1);
    CHECK(permissions.collections[0].name == "notes");
    CHECK(permissions.collections[0].access == Access::write);
    REQUIRE(permissions.models.size() == 2);
    CHECK(permissions.models[0].name == "*");
    CHECK(permissions.models[0].tokens_per_call == 4000u);
    CHECK_FALSE(permissions.models[0].tokens_per_day.has_value());
    CHECK(permissions.models[1].tokens_per_day == 9007199254740991u);
    REQUIRE(permissions.processes.size() == 2);
    CHECK(permissions.processes[0].program == "/usr/bin/git");
    CHECK(permissions.processes[0].arguments == Words{"log", "--since={first_day}", "{path}{x2}", "log"});
    CHECK(permissions.processes[1].arguments.empty());
}

TEST_CASE("a plugin that asks for nothing may do nothing") {
    const Permissions permissions = manifest_of("").permissions;
    CHECK(permissions.read.empty());
    CHECK(permissions.network.empty());
    CHECK_FALSE(permissions.notifications);
    CHECK(permissions.clipboard == Access::none);
    CHECK(permissions.content == Content::none);
    CHECK(to_string(Access::read_write) == "read-write");
    CHECK(to_string(Access::none) == "none");
    CHECK(to_string(Content::change) == "change");
}

TEST_CASE("a socket is named by one path") {
    for (const char* path : {"/run/a.socket", "$temp/a b", "$home/.x/..y", "$data/s", "/a:b"}) {
        INFO(path);
        CHECK(manifest_of(fmt::format("[permissions]\nsockets = ['{}']", path)).permissions.sockets == Words{path});
    }
    CHECK(
        refusal_of("[permissions]\nsockets = ['/run/*']") ==
        "manifest.bad-path | p.toml:5:12: permissions.sockets[0]: \"/run/*\" is not the path of a socket: it has \"*\" "
        "at byte 6");
    CHECK(
        refusal_of("[permissions]\nsockets = ['$resources/s']") ==
        "manifest.bad-path | p.toml:5:12: permissions.sockets[0]: \"$resources/s\" is not the path of a socket: it is "
        "about the resources, which are read-only");
}

TEST_CASE("a glob may have exceptions, which are globs by the same rules") {
    for (const char* entry : {"/a/** !/a/b", "$home/** !$home/.* !$home/x/**", "/a!/b", "/a! /b"}) {
        INFO(entry);
        CHECK(manifest_of(fmt::format("[permissions]\nread = ['{}']", entry)).permissions.read == Words{entry});
    }
    CHECK(glob_fault("read", "/a/** !") == "has the exception \"\", which is empty");
    CHECK(glob_fault("read", "/a/** !/b/../c") == "has the exception \"/b/../c\", which has the part \"..\"");
    CHECK(glob_fault("read", "/a/** !!/b").starts_with("has the exception \"!/b\", which begins with \"!\", not with"));
    CHECK(glob_fault("write", "$home/** !$resources/x") ==
          "has the exception \"$resources/x\", which is about the resources, which are read-only");
    std::string many = "/a/**";
    for (int i = 0; i < 16; ++i) many += " !/a/b";
    CHECK(manifest_of(fmt::format("[permissions]\nread = ['{}']", many)).permissions.read == Words{many});
    CHECK(glob_fault("read", many + " !/a/b") == "has 17 exceptions, 16 are the most");
    const std::string longest = "/" + std::string(254, 'x');
    CHECK(glob_fault("read", "/a/** !" + longest + "x").ends_with("which has 256 bytes, 255 are the most"));
    std::string large = longest;
    for (int i = 0; i < 8; ++i) large += " !" + longest;
    CHECK(glob_fault("read", large) == "has 2311 bytes with its exceptions, 2048 are the most");
}

TEST_CASE("globs begin at a known place and do not leave it") {
    for (const char* glob : {"/a", "/a/**/b?.*", "/.a/..b", "$data", "$data/*", "$resources/x", "$home/**", "/a:b"}) {
        INFO(glob);
        CHECK(manifest_of(fmt::format("[permissions]\nread = ['{}']", glob)).permissions.read == Words{glob});
    }
    CHECK(refusal_of("[permissions]\nread = ['data/*']") ==
          "manifest.bad-glob | p.toml:5:9: permissions.read[0]: \"data/*\" is not a glob to read: it begins with "
          "\"data\", not with \"/\" or one of $data, $resources, $home, $temp");
    CHECK(glob_fault("read", "") == "is empty");
    CHECK(glob_fault("read", "$config/x").starts_with("begins with \"$config\", not with"));
    CHECK(glob_fault("read", "$database").starts_with("begins with \"$database\", not with"));
    CHECK(glob_fault("read", "/") == "has an empty part");
    CHECK(glob_fault("read", "$data/") == "has an empty part");
    CHECK(glob_fault("read", "/a//b") == "has an empty part");
    CHECK(glob_fault("read", "$data/../x") == "has the part \"..\"");
    CHECK(glob_fault("read", "/a/.") == "has the part \".\"");
    CHECK(glob_fault("read", "/a/**b") == "has \"**\" beside other characters");
    CHECK(glob_fault("read", "/***") == "has \"**\" beside other characters");
    CHECK(glob_fault("read", "/a/[0-9]") == "has \"[\" at byte 4");
    CHECK(glob_fault("read", "/a\\b") == "has \"\\\" at byte 3");
    CHECK(glob_fault("read", "/a/$home") == "has \"$\" behind its beginning");
    CHECK(glob_fault("read", "/" + std::string(255, 'a')) == "has 256 bytes, 255 are the most");
    CHECK(glob_fault("write", "$resources/x") == "is about the resources, which are read-only");
}

TEST_CASE("variables and services are names, not values") {
    CHECK(refusal_of("[permissions]\nenvironment = ['LANG=C']") ==
          "manifest.bad-name | p.toml:5:16: permissions.environment[0]: \"LANG=C\" is not the name of a variable: it "
          "has \"=C\" at character 5");
    CHECK(refusal_of("[permissions]\nenvironment = ['1X']").ends_with("it begins with a digit"));
    CHECK(refusal_of("[permissions]\nenvironment = ['']").ends_with("it is empty"));
    CHECK(refusal_of("[permissions]\nenvironment = ['" + std::string(64, 'X') + "']").ends_with("63 are the most"));
    CHECK(refusal_of("[permissions]\nservices = ['store']") ==
          "manifest.bad-id | p.toml:5:13: permissions.services[0]: \"store\" is not the id of a service: it has one "
          "part only");
    for (const char* revision : {"", "0", "01", "1a", "1/1", "1000000000"})
        CHECK(refusal_of(fmt::format("[permissions]\nservices = ['a.b/{}']", revision))
                  .ends_with(fmt::format("it has \"{}\" where a revision is wanted", revision)));
    CHECK(refusal_of("[permissions]\nservices = ['a." + std::string(60, 'b') + "/1']").ends_with("63 are the most"));
}

TEST_CASE("domains are written alone, in small letters") {
    CHECK(domain_fault("https://a.b") == "has \"://a\" at character 6");
    CHECK(domain_fault("a.b:80") == "has \":80\" at character 2");
    CHECK(domain_fault("A.b") == "has \"A\" at character 1");
    CHECK(domain_fault("*.*.a") == "has \"*\" at character 1");
    CHECK(domain_fault("*a.b") == "has \"*a\" at character 1");
    CHECK(domain_fault("a..b") == "is empty or has an empty part");
    CHECK(domain_fault("a.b.") == "is empty or has an empty part");
    CHECK(domain_fault("*.") == "is empty or has an empty part");
    CHECK(domain_fault("-a.b") == "has a hyphen at an end");
    CHECK(domain_fault(std::string(64, 'a') + ".b") == "has 64 bytes, 63 are the most");
    std::string long_one = "a";
    for (int i = 0; i < 127; ++i) long_one += ".a";
    CHECK(domain_fault(long_one) == "has 255 bytes, 253 are the most");
}

TEST_CASE("a connection says where it goes") {
    CHECK(refusal_of("[[permissions.network]]\nprotocols = ['https']") ==
          "manifest.missing-key | p.toml:4:1: permissions.network[0].domains: missing; wanted an array");
    CHECK(refusal_of("[[permissions.network]]\ndomains = []") ==
          "manifest.too-few | p.toml:5:11: permissions.network[0].domains: found 0 entries, 1 is the least");
    CHECK(refusal_of("[[permissions.network]]\ndomains = ['a']\nprotocols = ['tcp']") ==
          "manifest.missing-key | p.toml:4:1: permissions.network[0].ports: missing; wanted an array");
    CHECK(refusal_of("[[permissions.network]]\ndomains = ['a']\nports = [0]") ==
          "manifest.out-of-range | p.toml:6:10: permissions.network[0].ports[0]: found 0, wanted a number from 1 to "
          "65535");
    CHECK(refusal_of("[[permissions.network]]\ndomains = ['a']\nports = [80, 443, 80]") ==
          "manifest.duplicate | p.toml:6:19: permissions.network[0].ports[2]: \"80\" stands at "
          "permissions.network[0].ports[0] already");
}

TEST_CASE("collections and models stand once, and are granted something") {
    CHECK(refusal_of("[[permissions.collections]]\nname = 'notes'\naccess = 'none'") ==
          "manifest.bad-choice | p.toml:6:10: permissions.collections[0].access: found \"none\", wanted one of read, "
          "write, read-write");
    CHECK(refusal_of("[[permissions.models]]\nname = '*'\n[[permissions.models]]\nname = '*'") ==
          "manifest.duplicate | p.toml:6:1: permissions.models[1]: \"*\" stands at permissions.models[0] already");
    CHECK(refusal_of("[[permissions.models]]\nname = '*'\ntokens_per_day = 0") ==
          "manifest.out-of-range | p.toml:6:18: permissions.models[0].tokens_per_day: found 0, wanted a number from 1 "
          "to 9007199254740991");
}

TEST_CASE("programs are named by their place, and braces belong to placeholders") {
    const std::string git = "[[permissions.processes]]\nprogram = '/usr/bin/git'\n";
    CHECK(refusal_of("[[permissions.processes]]\nprogram = 'git'") ==
          "manifest.bad-path | p.toml:5:11: permissions.processes[0].program: \"git\" is not an absolute path: it is "
          "relative");
    CHECK(refusal_of("[[permissions.processes]]\nprogram = '/'").ends_with("it has an empty part"));
    for (const char* argument : {"{", "}", "{}", "{a", "a}", "{a}}", "{{a}", "{A}", "{1a}", "{a b}"}) {
        INFO(argument);
        CHECK(refusal_of(git + fmt::format("arguments = ['{}']", argument)) ==
              fmt::format("manifest.bad-text | p.toml:6:14: permissions.processes[0].arguments[0]: \"{}\" has a brace "
                          "that is not part of a {{name}}",
                          argument));
    }
    CHECK(refusal_of(git + "arguments = ['']").starts_with("manifest.bad-text"));
}
