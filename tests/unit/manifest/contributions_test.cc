#include "tests/unit/manifest/parsing.h"

using namespace tenon::manifest;
using Words = std::vector<std::string>;

namespace {

// Lines 4 to 8.
const std::string hook = "[contracts]\n'c.d' = '1'\n[[hooks]]\ncontract = 'c.d'\nname = 'h'\n";

}  // namespace

TEST_CASE("where and how long a handler runs is read") {
    const Manifest manifest = manifest_of(hook + R"(phase = "observe"
before = ["org.acme.other", "org.acme.index#render_2"]
after = ["org.acme.index"]
soft = "5 ms"
hard = "5000 us"
share = "100%")");
    REQUIRE(manifest.hooks.size() == 1);
    const HookUse& use = manifest.hooks[0];
    CHECK(use.phase == Phase::observe);
    CHECK(to_string(use.phase) == "observe");
    CHECK(use.before == Words{"org.acme.other", "org.acme.index#render_2"});
    CHECK(use.after == Words{"org.acme.index"});
    CHECK(use.soft == 5'000'000u);
    CHECK(use.hard == 5'000'000u);
    CHECK(use.share == 100u);
}

TEST_CASE("a handler that says no more has the hook's budgets and the middle phase") {
    const HookUse use = manifest_of(hook).hooks[0];
    CHECK(use.phase == Phase::normal);
    CHECK(to_string(use.phase) == "normal");
    CHECK(use.before.empty());
    CHECK_FALSE(use.soft.has_value());
    CHECK_FALSE(use.hard.has_value());
    CHECK_FALSE(use.share.has_value());
}

TEST_CASE("a handler is before or after others, not itself, and not both") {
    CHECK(refusal_of(hook + "before = ['other']") ==
          "manifest.bad-id | p.toml:9:11: hooks[0].before[0]: \"other\" names no handler: it has one part only");
    CHECK(refusal_of(hook + "before = ['c.d#2']")
              .ends_with("\"c.d#2\" names no handler: it has \"2\" where the name of a handler is wanted"));
    CHECK(refusal_of(hook + "after = ['a.b#h']") ==
          "manifest.self-reference | p.toml:9:10: hooks[0].after[0]: \"a.b\" is the plugin itself");
    CHECK(refusal_of(hook + "before = ['x.y']\nafter = ['x.z', 'x.y']") ==
          "manifest.duplicate | p.toml:6:1: hooks[0].after: \"x.y\" stands in before already");
    CHECK(refusal_of(hook + "phase = 'lat'")
              .ends_with("wanted one of early, normal, late, observe; did you mean \"late\"?"));
}

TEST_CASE("the hard budget does not end before the soft one") {
    CHECK(refusal_of(hook + "soft = '5 ms'\nhard = '4999 us'") ==
          "manifest.out-of-range | p.toml:6:1: hooks[0].hard: found 4999000 ns, wanted at least soft, 5000000 ns");
    CHECK(refusal_of(hook + "share = '101 %'") ==
          "manifest.bad-quantity | p.toml:9:9: hooks[0].share: \"101 %\" is not a share: it is above 100 %");
}

TEST_CASE("what a plugin offers is read, in the order and with the places of the file") {
    const Manifest manifest = manifest_of(R"([[services]]
id = "org.acme.tax/1"
description = "Rates."
[[events]]
id = "org.acme.saved"
[[commands]]
id = "insert-table"
title = "Insert a table"
description = "At the cursor."
[[panels]]
id = "outline"
title = "Outline"
place = "sidebar")");
    REQUIRE(manifest.services.size() == 1);
    CHECK(manifest.services[0].id == "org.acme.tax/1");
    CHECK(manifest.services[0].description == "Rates.");
    CHECK(manifest.services[0].at == Location{4, 1});
    REQUIRE(manifest.events.size() == 1);
    CHECK(manifest.events[0].id == "org.acme.saved");
    CHECK(manifest.events[0].description.empty());
    REQUIRE(manifest.commands.size() == 1);
    CHECK(manifest.commands[0].id == "insert-table");
    CHECK(manifest.commands[0].title == "Insert a table");
    CHECK(manifest.commands[0].description == "At the cursor.");
    CHECK(manifest.commands[0].at == Location{9, 1});
    REQUIRE(manifest.panels.size() == 1);
    CHECK(manifest.panels[0].id == "outline");
    CHECK(manifest.panels[0].title == "Outline");
    CHECK(manifest.panels[0].place == "sidebar");
}

TEST_CASE("what is offered is offered once, under an id") {
    CHECK(refusal_of("[[services]]\nid = 'a.b/1'\n[[services]]\nid = 'a.b/2'\n[[services]]\nid = 'a.b/1'") ==
          "manifest.duplicate | p.toml:8:1: services[2]: \"a.b/1\" stands at services[0] already");
    CHECK(manifest_of("[[services]]\nid = 'a.b'\n[[events]]\nid = 'a.b'").events.size() == 1);
    CHECK(refusal_of("[[events]]\ndescription = 'x'") ==
          "manifest.missing-key | p.toml:4:1: events[0].id: missing; wanted a string");
    CHECK(refusal_of("[[commands]]\nid = 'a.b'\ntitle = 'x'") ==
          "manifest.bad-name | p.toml:5:6: commands[0].id: \"a.b\" is not a short name: it has \".b\" at character 2");
    CHECK(refusal_of("[[panels]]\nid = 'a'\ntitle = 'x'\nplace = 'page'\nicon = 'x'") ==
          "manifest.unknown-key | p.toml:8:1: panels[0].icon: unknown key");
    CHECK(refusal_of("commands = ['a']") ==
          "manifest.wrong-type | p.toml:4:13: commands[0]: found a string, wanted a table");
}
