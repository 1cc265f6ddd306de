// What is wrong with an operator's file is told with its place, what was found, what was wanted, and a fix.
#include <algorithm>

#include "tests/unit/manifest/operator_parsing.h"

using namespace tenon::manifest;

TEST_CASE("times have bounds") {
    CHECK(refusals_of("[watchdog]\nperiod = '2 s'") ==
          "operator.out-of-range | o.toml:2:10: watchdog.period: found 2 s, wanted a time from 100 us to 1 s | write a "
          "time of that range");
    CHECK(refusals_of("[watchdog]\nperiod = '99999 ns'") ==
          "operator.out-of-range | o.toml:2:10: watchdog.period: found 99999 ns, wanted a time from 100 us to 1 s | "
          "write a time of that range");
    const std::string day = ", wanted a time from 1 ns to 1440 min | write a time of that range";
    CHECK(refusals_of("[budget]\nhard = '1441 min'") ==
          "operator.out-of-range | o.toml:2:8: budget.hard: found 1441 min" + day);
    CHECK(refusals_of("[budget]\nsoft = '999999999 s'") ==
          "operator.out-of-range | o.toml:2:8: budget.soft: found 999999999 s" + day);
    CHECK(refusals_of("[hooks.'org.acme.shop/sold']\ndeadline = '86400001 ms'") ==
          "operator.out-of-range | o.toml:2:12: hooks.\"org.acme.shop/sold\".deadline: found 86400001 ms" + day);
    CHECK(refusals_of("[breaker]\nopen = '999 us'\nmax_open = '86401 s'\nhealthy = '1 us'") ==
          "operator.out-of-range | o.toml:2:8: breaker.open: found 999 us, wanted a time from 1 ms to 60 min | write a "
          "time of that range\n"
          "operator.out-of-range | o.toml:3:12: breaker.max_open: found 86401 s, wanted a time from 1 ms to 1440 min | "
          "write a time of that range\n"
          "operator.out-of-range | o.toml:4:11: breaker.healthy: found 1 us, wanted a time from 1 ms to 1440 min | "
          "write a time of that range");
}

TEST_CASE("numbers have bounds") {
    CHECK(refusals_of("[plugins.'a.b']\nmax_errors = 0") ==
          "manifest.out-of-range | o.toml:2:14: plugins.\"a.b\".max_errors: found 0, wanted a number from 1 to "
          "1000000000 | write a number of that range");
    const auto bound = [](const char* key, const char* found, const char* most) {
        CHECK(refusals_of(fmt::format("[breaker]\n{} = {}", key, found)) ==
              fmt::format("manifest.out-of-range | o.toml:2:{}: breaker.{}: found {}, wanted a number from 1 to {} | "
                          "write a number of that range",
                          std::string_view(key).size() + 4, key, found, most));
    };
    bound("window", "0", "1024");
    bound("window", "1025", "1024");
    bound("minimum", "-1", "1024");
    bound("percent", "101", "100");
    bound("in_a_row", "0", "1000000");
    bound("in_a_row", "1000001", "1000000");
    bound("probes", "17", "16");
    bound("must_pass", "0", "16");
}

TEST_CASE("a denial that is none is refused: nothing would be denied by it") {
    const auto refusal = [](const char* denial) {
        const std::string text = refusals_of(fmt::format("[sandbox]\ndeny = ['{}']", denial));
        const std::string fix = " | write it as in \"read:/home/me/.ssh/**\" or \"write:/srv/shop/**\"";
        CHECK(text.ends_with(fix));
        return text.substr(0, text.size() - fix.size());
    };
    CHECK(refusal("/srv/**") ==
          "operator.bad-denial | o.toml:2:9: sandbox.deny[0]: \"/srv/**\" is not a denial: it begins with neither "
          "\"read:\" nor \"write:\"");
    CHECK(refusal("write:").ends_with("\"write:\" is not a denial: it is empty"));
    CHECK(refusal("read:srv").find(" is not a denial: it begins with \"srv\", not with ") != std::string::npos);
    CHECK(refusal("read:/srv/../etc").ends_with(" is not a denial: it has the part \"..\""));
    CHECK(refusal("read:/srv/** !/srv/open").ends_with(" is not a denial: it has an exception"));
    for (const char* const denial : {"read:$resources", "write:$resources/**"})
        CHECK(refusal(denial).ends_with(" is not a denial: it is about the resources, which stay readable"));
    CHECK(refusal("env:LANG").ends_with("it begins with neither \"read:\" nor \"write:\""));
}

TEST_CASE("what belongs together fits together, also where one half is the default") {
    CHECK(refusals_of("[plugins.'a.b']\nsoft = '5 ms'\nhard = '4999 us'") ==
          "operator.out-of-range | o.toml:2:8: plugins.\"a.b\".soft: soft is 5 ms, more than hard, 4999 us | state a "
          "smaller soft or a larger hard");
    CHECK(refusals_of("[breaker]\nwindow = 8") ==
          "operator.out-of-range | o.toml:2:10: breaker.window: minimum is 16, more than window, 8 | state a smaller "
          "minimum or a larger window");
    CHECK(refusals_of("[breaker]\nwindow = 8\nminimum = 9") ==
          "operator.out-of-range | o.toml:3:11: breaker.minimum: minimum is 9, more than window, 8 | state a smaller "
          "minimum or a larger window");
    CHECK(refusals_of("[breaker]\nopen = '10 min'") ==
          "operator.out-of-range | o.toml:2:8: breaker.open: open is 10 min, more than max_open, 5 min | state a "
          "smaller open or a larger max_open");
    CHECK(refusals_of("[breaker]\nprobes = 1") ==
          "operator.out-of-range | o.toml:2:10: breaker.probes: must_pass is 2, more than probes, 1 | state a smaller "
          "must_pass or a larger probes");
    CHECK(refusals_of("[budget]\nsoft = '5 ms'\nhard = '5 ms'").empty());
}

TEST_CASE("a number that is wrong itself is not compared with others") {
    CHECK(refusals_of("[breaker]\nwindow = 2000\nminimum = 1000") ==
          "manifest.out-of-range | o.toml:2:10: breaker.window: found 2000, wanted a number from 1 to 1024 | write a "
          "number of that range");
}

TEST_CASE("hooks are named with their contract, plugins by an id") {
    const std::string fix = " | write both between quotes, as statistics show them: \"org.tenon.pressroom/render\"";
    for (const std::string name : {"org.acme.shop", "sold", "/sold", "org.acme.shop/", "org.acme.shop/1st",
                                   "org.acme.shop/sold/", "Org.acme/sold", "org.acme.shop#sold"})
        CHECK(
            refusals_of(fmt::format("[hooks.'{}']", name)) ==
            fmt::format("operator.bad-hook | o.toml:1:8: hooks.{0}: \"{1}\" names no hook: wanted a contract, a slash "
                        "and the hook",
                        name == "sold" ? name : fmt::format("\"{}\"", name), name) +
                fix);
    CHECK(refusals_of("[plugins.'a.b'.hooks.sold]\nbreaker = 'open'") ==
          "operator.bad-hook | o.toml:1:22: plugins.\"a.b\".hooks.sold: \"sold\" names no hook: wanted a contract, a "
          "slash and the hook" +
              fix);
    CHECK(refusals_of("[plugins.tax]\nbreaker = 'open'") ==
          "manifest.bad-id | o.toml:1:10: plugins.tax: \"tax\" is not an id: it has one part only | write two or more "
          "parts of a-z, 0-9 and hyphens joined by dots, all between quotes: \"org.tenon.markdown\"");
}

TEST_CASE("an id without quotes is one problem, not one for each of its parts") {
    const std::string refusal = refusals_of("[plugins.org.acme.tax]\nbreaker = 'open'\nsoft = '1 ms'");
    CHECK(
        refusal.starts_with("manifest.bad-id | o.toml:1:10: plugins.org: \"org\" is not an id: it has one part only"));
    CHECK(refusal.find('\n') == refusal.npos);
}

TEST_CASE("words and types are checked") {
    CHECK(refusals_of("[plugins.'a.b']\nbreaker = 'close'") ==
          "manifest.bad-choice | o.toml:2:11: plugins.\"a.b\".breaker: found \"close\", wanted one of auto, closed, "
          "open, metrics; did you mean \"closed\"? | write \"closed\"");
    CHECK(refusals_of("[plugins.'a.b']\nisolation = 'works'") ==
          "manifest.bad-choice | o.toml:2:13: plugins.\"a.b\".isolation: found \"works\", wanted one of process, "
          "worker | "
          "write one of these words");
    CHECK(refusals_of("[plugins.'a.b']\nisolation = true") ==
          "manifest.wrong-type | o.toml:2:13: plugins.\"a.b\".isolation: found a boolean, wanted a string | write a "
          "string");
    CHECK(refusals_of("[watchdog]\nstacks = 'yes'") ==
          "manifest.wrong-type | o.toml:2:10: watchdog.stacks: found a string, wanted a boolean | write a boolean");
    CHECK(refusals_of("budget = 5") ==
          "manifest.wrong-type | o.toml:1:10: budget: found an integer, wanted a table | write a table");
    CHECK(refusals_of("[hooks]\n'org.acme.shop/sold' = '5 ms'") ==
          "manifest.wrong-type | o.toml:2:24: hooks.\"org.acme.shop/sold\": found a string, wanted a table | write a "
          "table");
    CHECK(refusals_of("[budget]\nshare = '101 %'") ==
          "manifest.bad-quantity | o.toml:2:9: budget.share: \"101 %\" is not a share: it is above 100 % | write a "
          "whole number and a unit, as in \"50 %\"");
}

TEST_CASE("keys that nobody knows are refused, with the one that was meant") {
    CHECK(refusals_of("[watchdogs]") ==
          "manifest.unknown-key | o.toml:1:2: watchdogs: unknown key; did you mean \"watchdog\"? | write \"watchdog\"");
    CHECK(refusals_of("[hooks.'org.acme.shop/sold']\nbreaker = 'open'") ==
          "manifest.unknown-key | o.toml:2:1: hooks.\"org.acme.shop/sold\".breaker: unknown key | remove it; the keys "
          "here are soft, hard, share, deadline");
    CHECK(refusals_of("[plugins.'a.b'.hooks.'org.acme.shop/sold']\nmax_errors = 1") ==
          "manifest.unknown-key | o.toml:2:1: plugins.\"a.b\".hooks.\"org.acme.shop/sold\".max_errors: unknown key | "
          "remove it; the keys here are soft, hard, share, breaker");
    CHECK(refusals_of("[plugins.'a.b'.hooks.'org.acme.shop/sold']\nisolation = 'worker'") ==
          "manifest.unknown-key | o.toml:2:1: plugins.\"a.b\".hooks.\"org.acme.shop/sold\".isolation: unknown key | "
          "remove it; the keys here are soft, hard, share, breaker");
    CHECK(refusals_of("[plugins.'a.b']\nisolatoin = 'worker'") ==
          "manifest.unknown-key | o.toml:2:1: plugins.\"a.b\".isolatoin: unknown key; did you mean \"isolation\"? | "
          "write \"isolation\"");
}

TEST_CASE("all problems are told at once, in the order of the file") {
    const std::string refusals =
        refusals_of("[plugins.tax]\nsoft = 1\n[budget]\nhard = 'x'\n[watchdog]\nperiods = '1 ms'\nperiod = '2 s'");
    std::size_t before = 0;
    for (const char* start :
         {"manifest.bad-id | o.toml:1:10", "\nmanifest.wrong-type | o.toml:2:8", "\nmanifest.bad-quantity | o.toml:4:8",
          "\nmanifest.unknown-key | o.toml:6:1", "\noperator.out-of-range | o.toml:7:10"}) {
        INFO(refusals << "\n" << start);
        const std::size_t at = refusals.find(start, before);
        REQUIRE(at != refusals.npos);
        before = at;
    }
    CHECK(std::count(refusals.begin(), refusals.end(), '\n') == 4);
}

TEST_CASE("what is no TOML, no text or too large is refused at once") {
    CHECK(refusals_of("[budget").starts_with("manifest.syntax | o.toml:1:8: "));
    CHECK(refusals_of("[budget]\nsoft = '1 ms'\nsoft = '2 ms'").starts_with("manifest.syntax | o.toml:3:"));
    CHECK(refusals_of("# \xff").starts_with("manifest.not-text | o.toml:1:3: "));
    const std::string most = "#" + std::string(max_operator_size - 1, 'x');
    CHECK(refusals_of(most).empty());
    CHECK(refusals_of(most + "x") ==
          "operator.too-large | o.toml: the operator's file has 65537 bytes, 65536 are the most | leave out what the "
          "defaults say already, or state a budget for a hook rather than for each plugin");
}

TEST_CASE("words of confinement are those that there are") {
    CHECK(refusals_of("[sandbox]\nlevel = 'lax'") ==
          "manifest.bad-choice | o.toml:2:9: sandbox.level: found \"lax\", wanted one of trusted, standard, strict, "
          "locked | write one of these words");
    CHECK(refusals_of("[plugins.'a.b'.sandbox]\nwithout = ['seccmp']").find("did you mean \"seccomp\"?") !=
          std::string::npos);
    CHECK(refusals_of("[sandbox]\nmemory = 'much'").starts_with("manifest.bad-quantity | o.toml:2:10: sandbox.memory"));
    CHECK(refusals_of("[sandbox]\nfiles = 0") ==
          "manifest.out-of-range | o.toml:2:9: sandbox.files: found 0, wanted a number from 1 to 1000000 | write a "
          "number of that range");
}
