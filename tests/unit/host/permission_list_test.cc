// Requests: what a manifest asks for, one line each, and back.
#include "host/permission_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "manifest/manifest.h"
#include "tests/support/catch.h"

using namespace tenon;
using host::Requests;

namespace {

manifest::Permissions asked_by(const std::string& sections) {
    manifest::Parsed parsed =
        manifest::parse_manifest("id = 'org.acme.much'\nname = 'Much'\nversion = '1.0.0'\n" + sections, "plugin.toml");
    INFO(base::to_text(parsed.problems));
    REQUIRE(parsed.manifest);
    return parsed.manifest->permissions;
}

Requests requests_of(const manifest::Permissions& permissions) {
    base::Result<Requests> requests = host::requests_of(permissions);
    INFO((requests ? std::string() : requests.problem().text));
    REQUIRE(requests);
    return requests.take();
}

std::string refusal(std::string_view request) {
    const base::Result<manifest::Permissions> permissions = host::parse_request(request);
    REQUIRE(!permissions);
    const base::Problem& problem = permissions.problem();
    CHECK(problem.id == "permission.bad");
    return problem.text + " | " + problem.fix;
}

std::string canonical(std::string_view request) {
    const base::Result<std::string> text = host::canonical_request(request);
    INFO((text ? std::string() : text.problem().text));
    REQUIRE(text);
    return text.value();
}

// Permissions that a manifest may state, of all kinds.
class Dice {
public:
    explicit Dice(unsigned seed) : random_(seed) {}
    manifest::Permissions permissions() {
        manifest::Permissions out;
        fill(out.read, [this] {
            return one_of(
                {"$data/**", "/srv/** !/srv/a b/** !$home/x", "/usr/share/a b/*", "$home/\"x\"", "/*", "/a'b?"});
        });
        fill(out.write, [this] { return one_of({"$temp", "/srv/x/**", "$data", "/srv/$"}); });
        std::erase(out.write, "/srv/$");
        fill(out.environment, [this] { return one_of({"LANG", "_", "A1"}); });
        fill(out.services, [this] { return one_of({"org.acme.tax/1", "org.acme.store"}); });
        fill(out.devices, [this] { return one_of({"camera", "usb"}); });
        fill(out.sockets, [this] { return one_of({"/run/a b", "$temp/s", "/x:y"}); });
        fill(out.network, [this] { return network(); });
        fill(out.collections, [this] {
            return manifest::CollectionPermission{one_of({"notes", "a-b"}), static_cast<manifest::Access>(roll(1, 3))};
        });
        fill(out.models, [this] { return manifest::ModelPermission{words(), amount(), amount()}; });
        fill(out.processes, [this] {
            manifest::ProcessPermission process{one_of({"/usr/bin/git", "/opt/a b/\"c\""}), {}};
            fill(process.arguments, [this] { return words(); });
            return process;
        });
        out.notifications = roll(0, 1) == 1;
        out.clipboard = static_cast<manifest::Access>(roll(0, 3));
        out.content = static_cast<manifest::Content>(roll(0, 2));
        return out;
    }

private:
    unsigned roll(unsigned least, unsigned most) {
        return std::uniform_int_distribution<unsigned>(least, most)(random_);
    }
    std::string one_of(const std::vector<std::string>& texts) {
        return texts[roll(0, static_cast<unsigned>(texts.size()) - 1)];
    }
    template <class T, class Make>
    void fill(std::vector<T>& out, Make make) {
        for (unsigned count = roll(0, 4); count > 0; --count) out.push_back(make());
    }
    std::string words() {
        std::string text;
        for (unsigned count = roll(1, 8); count > 0; --count)
            text += one_of({" ", "\"", "\\", "'", "a", "tokens-per-call=7", "{date}", "-", "\u00e9", ":"});
        return text;
    }
    std::optional<std::uint64_t> amount() {
        if (roll(0, 1) == 0) return std::nullopt;
        return roll(1, 1'000'000);
    }
    manifest::NetworkPermission network() {
        manifest::NetworkPermission out;
        out.domains = {one_of({"*", "*.example.org", "api.example.org"})};
        out.protocols = {one_of({"https", "http", "tcp"})};
        if (out.protocols[0] == "tcp" || roll(0, 1) == 0) out.ports = {static_cast<std::uint16_t>(roll(1, 65535))};
        return out;
    }

    std::mt19937 random_;
};

}  // namespace

TEST_CASE("a manifest's permissions are requests of one line each, in one order") {
    CHECK(requests_of(asked_by(R"([permissions]
content = "change"
devices = ["camera", "usb"]
clipboard = "read"
notifications = true
services = ["org.acme.store", "org.acme.tax/1"]
environment = ["LANG"]
write = ["/srv/x/**"]
read = ["$data/**", "/usr/share/dict/*", "/srv/with space"]
sockets = ["/run/a:b", "$temp/s"]

[[permissions.network]]
domains = ["api.example.org", "*.example.org"]
protocols = ["https", "http"]
ports = [443, 8443]

[[permissions.network]]
domains = ["*"]

[[permissions.collections]]
name = "notes"
access = "read-write"

[[permissions.models]]
name = "llama3:8b"

[[permissions.models]]
name = "the big one"
tokens_per_call = 4000
tokens_per_day = 100000

[[permissions.processes]]
program = "/usr/bin/git"
arguments = ["log", "--since={date}", "a b", "say \"hi\"\\"]

[[permissions.processes]]
program = "/opt/my tools/x"
)")) == Requests{"read:$data/**",
                 "read:/usr/share/dict/*",
                 "read:/srv/with space",
                 "write:/srv/x/**",
                 "env:LANG",
                 "service:org.acme.store",
                 "service:org.acme.tax/1",
                 "network:https://api.example.org:443",
                 "network:https://api.example.org:8443",
                 "network:http://api.example.org:443",
                 "network:http://api.example.org:8443",
                 "network:https://*.example.org:443",
                 "network:https://*.example.org:8443",
                 "network:http://*.example.org:443",
                 "network:http://*.example.org:8443",
                 "network:https://*",
                 "socket:/run/a:b",
                 "socket:$temp/s",
                 "collection:notes:read-write",
                 "model:llama3:8b",
                 "model:\"the big one\" tokens-per-call=4000 tokens-per-day=100000",
                 "process:/usr/bin/git log --since={date} \"a b\" \"say \\\"hi\\\"\\\\\"",
                 "process:\"/opt/my tools/x\"",
                 "notifications",
                 "clipboard:read",
                 "device:camera",
                 "device:usb",
                 "content:change"});
    CHECK(requests_of({}).empty());
}

TEST_CASE("whatever a manifest asks for, its requests are read back as what they were made of") {
    for (unsigned seed = 0; seed < 2000; ++seed) {
        INFO(seed);
        const Requests requests = requests_of(Dice(seed).permissions());
        manifest::Permissions all;
        for (const std::string& request : requests) {
            INFO(request);
            REQUIRE(canonical(request) == request);
            REQUIRE(request.size() <= host::longest_request);
        }
        const base::Result<manifest::Permissions> again = host::permissions_of(requests);
        REQUIRE(again);
        REQUIRE(requests_of(again.value()) == requests);
    }
}

TEST_CASE("a request may be typed with quotes that it does not need") {
    CHECK(canonical("process:\"/usr/bin/git\" \"log\" \"\\\\\"") == "process:/usr/bin/git log \"\\\\\"");
    CHECK(canonical("model:\"small\"") == "model:small");
}

TEST_CASE("a text that is no request is refused with what is wrong, and what may have been meant") {
    const std::string path = "Write it as in \"/usr/share/dict/*\" or \"$data/**\".";
    CHECK(refusal("") == "\"\" is no request: it is empty | Write it as in read:/usr/share/dict/*.");
    CHECK(refusal("raed:/x") ==
          "\"raed:/x\" is no request: there is no permission \"raed\"; did you mean \"read\"? | "
          "Write it as in read:/usr/share/dict/*.");
    CHECK(refusal("environment:LANG") ==
          "\"environment:LANG\" is no request: there is no permission \"environment\"; did you mean \"env\"? | "
          "Write it as in env:LANG.");
    CHECK(refusal("xylophone") ==
          "\"xylophone\" is no request: there is no permission \"xylophone\" | Write it as in read:/usr/share/dict/*.");
    CHECK(refusal("read") == "\"read\" is no request: it does not say what | Write it as in read:/usr/share/dict/*.");
    CHECK(refusal("notifications:yes") ==
          "\"notifications:yes\" is no request: it is more than one word | Write it as in notifications.");
    CHECK(refusal("read:/a/../b") ==
          "\"read:/a/../b\" is no request: \"/a/../b\" is not a glob to read: it has the part \"..\" | " + path);
    CHECK(refusal("write:$resources/x") ==
          "\"write:$resources/x\" is no request: \"$resources/x\" is not a glob to write: it is about the resources, "
          "which are read-only | " +
              path);
    CHECK(refusal("read:/a/** !b") ==
          "\"read:/a/** !b\" is no request: \"/a/** !b\" is not a glob to read: it has the exception \"b\", which "
          "begins with \"b\", not with \"/\" or one of $data, $resources, $home, $temp | " +
              path);
    CHECK(refusal("read:") == "\"read:\" is no request: \"\" is not a glob to read: it is empty | " + path);
    CHECK(refusal("env:A B") ==
          "\"env:A B\" is no request: \"A B\" is not the name of a variable: it has \" B\" at character 2 | "
          "Write letters, digits and underscores: \"LANG\".");
    CHECK(refusal("clipboard:none") == "\"clipboard:none\" is no request: it asks for nothing | Leave it out.");
    CHECK(
        refusal("collection:notes") ==
        "\"collection:notes\" is no request: it has no access behind the name | Write it as in collection:notes:read.");
    CHECK(refusal("model:small tokens-per-day=5 tokens-per-call=5") ==
          "\"model:small tokens-per-day=5 tokens-per-call=5\" is no request: \"tokens-per-call=5\" is out of place | "
          "Write it as in model:small tokens-per-call=4000 tokens-per-day=100000.");
    CHECK(refusal("process:/bin/x  y") ==
          "\"process:/bin/x  y\" is no request: its words cannot be told apart | Write words with one space between "
          "them, and between double quotes those that have spaces themselves.");
    CHECK(refusal("read:/\xff") == "\"read:/\\xff\" is no request: it is not UTF-8 | ");
}

TEST_CASE("a request to connect is refused with what is wrong") {
    CHECK(
        refusal("socket:/run/*") ==
        "\"socket:/run/*\" is no request: \"/run/*\" is not the path of a socket: it has \"*\" at byte 6 | Write it as "
        "in \"/run/example.socket\" or \"$temp/example.socket\".");
    const std::string form = "Write it as in network:https://api.example.org or network:tcp://example.org:25.";
    CHECK(refusal("network:example.org") ==
          "\"network:example.org\" is no request: it has no \"://\" between a protocol and a domain | " + form);
    CHECK(refusal("network:tcp://example.org") ==
          "\"network:tcp://example.org\" is no request: tcp has no port of its own, and none is named | " + form);
    CHECK(refusal("network:https://example.org:0443") ==
          "\"network:https://example.org:0443\" is no request: \"0443\" is no port | " + form);
    for (const char* bad : {"network:https://example.org:", "network:https://a:99999999999999999999999",
                            "network:https://user@example.org", "network:htps://example.org", "network:https://",
                            "network:https://example.org:70000", "network:https://example.org:0"}) {
        INFO(bad);
        CHECK(!host::parse_request(bad));
    }
}

TEST_CASE("hostile texts are refused in a text that is not longer than they need") {
    CHECK(refusal("read:/" + std::string(host::longest_request, 'a')).find(" bytes, 4096 are the most") !=
          std::string::npos);
    std::mt19937 random(7);
    const std::vector<std::string> parts{"read:",
                                         "process:",
                                         "model:",
                                         "network:",
                                         "\"",
                                         "\\",
                                         " ",
                                         ":",
                                         "/",
                                         "\x01",
                                         "\xc3",
                                         "{",
                                         "}",
                                         "tokens-per-call=",
                                         "99999999999999999999",
                                         "a",
                                         "*",
                                         "\n"};
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::size_t count = random() % 12; count > 0; --count) text += parts[random() % parts.size()];
        INFO(text);
        const base::Result<std::string> one = host::canonical_request(text);
        if (one)
            REQUIRE(canonical(one.value()) == one.value());
        else
            REQUIRE(one.problem().text.size() < 1000);
    }
}

TEST_CASE("more requests than anybody would read, and requests that are too long, are refused") {
    manifest::Permissions many;
    many.network.push_back({{}, {"https", "http"}, {}});
    for (std::uint16_t i = 1; i <= 64; ++i) {
        many.network[0].domains.push_back(fmt::format("d{}.example.org", i));
        many.network[0].ports.push_back(i);
    }
    const base::Result<Requests> network = host::requests_of(many);
    REQUIRE(!network);
    CHECK(network.problem().id == "permission.too-many");
    CHECK(network.problem().text ==
          "the permissions are more than 1024 requests; each domain counts once for each of its protocols and ports");
    CHECK(network.problem().fix == "Ask for less; write *.example.org for the domains below one.");

    manifest::Permissions wide;
    wide.processes.push_back({"/usr/bin/git", Requests(5, std::string(1024, 'x'))});
    const base::Result<Requests> process = host::requests_of(wide);
    REQUIRE(!process);
    CHECK(process.problem().id == "permission.too-long");
    CHECK(
        process.problem().text ==
        "the request \"process:/usr/bin/git xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\" has 5145 bytes, 4096 are the "
        "most");
    CHECK(process.problem().fix == "Ask for less in one: a program with fewer or shorter arguments.");
}

TEST_CASE("what is asked for and not granted is told apart from what is granted and not asked for") {
    const Requests asked{"read:$data/**",   "read:$database", "write:$data",
                         "read:$resources", "env:LANG",       "content:read"};
    const Requests granted{"content:read", "read:/srv/x", "clipboard:read"};
    const host::Difference found = host::difference(asked, granted);
    CHECK(found.waiting == Requests{"read:$database", "env:LANG"});
    CHECK(found.unasked == Requests{"read:/srv/x", "clipboard:read"});
}

TEST_CASE("a request with exceptions is another one than without, and of the plugin's own it stays its own") {
    const std::string careful = "read:/srv/** !/srv/private/**", bold = "read:/srv/**";
    CHECK(canonical(careful) == careful);
    const host::Difference found = host::difference(Requests{bold}, Requests{careful});
    CHECK(found.waiting == Requests{bold});
    CHECK(found.unasked == Requests{careful});
    CHECK(host::is_its_own("write:$data/** !$data/kept/**"));
    CHECK(host::is_its_own("read:$resources !$resources/x"));
    CHECK_FALSE(host::is_its_own("read:$home/** !$data/x"));
    CHECK(host::command_to_grant("org.acme.a", careful, "s.db") ==
          "tenon grant org.acme.a 'read:/srv/** !/srv/private/**' --store s.db");
}

TEST_CASE("a request for more is not granted by a request for less, nor the other way round") {
    const host::Difference found = host::difference(Requests{"clipboard:read"}, Requests{"clipboard:read-write"});
    CHECK(found.waiting == Requests{"clipboard:read"});
    CHECK(found.unasked == Requests{"clipboard:read-write"});
}

TEST_CASE("the command that grants a request can be pasted into a shell") {
    CHECK(host::command_to_grant("org.acme.a", "content:read", "") ==
          "tenon grant org.acme.a content:read --store FILE");
    CHECK(host::command_to_grant("org.acme.a", "read:$home/it's/**", "my store.db") ==
          "tenon grant org.acme.a 'read:$home/it'\\''s/**' --store 'my store.db'");
    CHECK(host::command_to_revoke("org.acme.a", "env:LANG", "store.db") ==
          "tenon revoke org.acme.a env:LANG --store store.db");
}
