// New builds that are tried in another process first.
#include <fstream>

#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

tenon_host_options with_canary(std::uint32_t mode = TENON_RELOAD_PRODUCTION) {
    tenon_host_options options = reload_options(mode);
    options.canary_file = str(TENON_CANARY);
    return options;
}

// A canary, and no probation.
tenon_reload_options tried_first() {
    tenon_reload_options options = at_once();
    options.flags = TENON_RELOAD_CANARY_FIRST;
    options.canary_timeout_ns = 60'000'000'000;
    return options;
}

// Nothing of the build came into this process.
void untouched(ReloadShop& shop, const Reloaded& record) {
    CHECK(record.verdict == TENON_REFUSED);
    CHECK(record.phase_ns[TENON_RELOAD_CANARY] > 0);
    CHECK(record.phase_ns[TENON_RELOAD_LOAD] == 0);
    CHECK(mapped_generations(shop.id()) == 1);
    CHECK(shop.answer() == "a");
}

bool ends_with(const std::string& text, std::string_view end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

constexpr std::string_view loading = "while the plugin was loaded and started (constructors, create, start)";

}  // namespace

TEST_CASE("a build that does no harm serves after its canary has come back") {
    ReloadShop shop("tells_its_build", "a", with_canary());
    const Reloaded record = shop.reload_to("b", tried_first());
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.phase_ns[TENON_RELOAD_CANARY] > 0);
    CHECK(shop.answer() == "b");
    CHECK(mapped_generations(shop.id()) == 1);
}

TEST_CASE("a build whose constructor aborts is refused with its last words, and the host is untouched") {
    ReloadShop shop("tells_its_build", "a", with_canary());
    const Reloaded record = shop.reload_to("aborts_in_a_constructor", tried_first());
    INFO(record.json);
    CHECK(record.reason == "canary.crashed");
    CHECK(ends_with(record.text, "the canary crashed with SIGABRT " + std::string(loading) +
                                     "; its last words:\n    | no paper\n    | in the \\x1b[31mprinter"));
    untouched(shop, record);
    CHECK(shop.reload_to("b", tried_first()).verdict == TENON_RELOADED);
    CHECK(shop.answer() == "b");
}

TEST_CASE("a build whose constructor exits is refused, and the host goes on") {
    ReloadShop shop("tells_its_build", "a", with_canary());
    const Reloaded record = shop.reload_to("exits_in_a_constructor", tried_first());
    INFO(record.json);
    CHECK(record.reason == "canary.exited");
    CHECK(ends_with(record.text, "the canary exited with status 3 " + std::string(loading) + "; it said nothing"));
    untouched(shop, record);
}

TEST_CASE("a build whose constructor never returns is refused when its time is over") {
    ReloadShop shop("tells_its_build", "a", with_canary());
    tenon_reload_options options = tried_first();
    options.canary_timeout_ns = 250'000'000;
    const Reloaded record = shop.reload_to("spins_in_a_constructor", options);
    INFO(record.json);
    CHECK(record.reason == "canary.hung");
    CHECK(record.text.find("the canary had not come back after 250 ms; it was killed ") != std::string::npos);
    untouched(shop, record);
}

TEST_CASE("a build that fails to start does so in the canary already") {
    ReloadShop shop("tells_its_build", "a", with_canary());
    const Reloaded record = shop.reload_to("fails_to_start", tried_first());
    INFO(record.json);
    CHECK(record.reason == "canary.refused");
    CHECK(ends_with(record.text,
                    "the canary's host refused the plugin: plugin.start-failed: "
                    "org.tenon.test.tells-its-build 1.0.0: start failed: the new build does not feel "
                    "well"));
    untouched(shop, record);
}

TEST_CASE("what the build depends on is loaded in the canary, too") {
    ReloadShop shop("runs_the_till", "a", with_canary());
    REQUIRE(shop.host.load(ReloadShop::build_of("asks_that_till", "a")).all_active());
    tenon_reload_options options = tried_first();
    const std::string next = ReloadShop::build_of("asks_that_till", "b");
    options.path = str(next);
    const char* const dependant = "org.tenon.test.asks-that-till";
    Reloaded record = tenon::reload(shop.host.raw(), dependant, &options);
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(shop.answer("7") == "a counted 7");

    CHECK(shop.reload_to("b", tried_first()).verdict == TENON_RELOADED);  // and then the one that it depends on
    const std::string first = ReloadShop::build_of("asks_that_till", "a");
    options.path = str(first);
    record = tenon::reload(shop.host.raw(), dependant, &options);
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(shop.answer("7") == "b counted 7");
}

TEST_CASE("in production a canary comes first, in development only when it is asked for") {
    tenon_reload_options options = at_once();
    options.flags = 0;
    ReloadShop production("tells_its_build", "a", with_canary());
    CHECK(production.reload_to("b", options).phase_ns[TENON_RELOAD_CANARY] > 0);
    options.flags = TENON_RELOAD_WITHOUT_CANARY;
    CHECK(production.reload_to("c", options).phase_ns[TENON_RELOAD_CANARY] == 0);

    ReloadShop development("tells_its_build", "a", with_canary(TENON_RELOAD_DEVELOPMENT));
    tenon_host_unwatch(development.host.raw());
    options.flags = 0;
    CHECK(development.reload_to("b", options).phase_ns[TENON_RELOAD_CANARY] == 0);
    CHECK(development.reload_to("c", tried_first()).phase_ns[TENON_RELOAD_CANARY] > 0);
    CHECK(development.answer() == "c");
}

TEST_CASE("a file that has not changed is not tried") {
    ReloadShop shop("tells_its_build", "a", with_canary());
    const Reloaded record = shop.reload_to("a", tried_first());
    CHECK(record.verdict == TENON_UNCHANGED);
    CHECK(record.phase_ns[TENON_RELOAD_CANARY] == 0);
}

TEST_CASE("a canary that is asked for and is not there refuses the reload") {
    tenon_host_options options = reload_options();
    options.canary_file = str("/nowhere/tenon-canary");
    ReloadShop shop("tells_its_build", "a", options);
    const Reloaded record = shop.reload_to("b", tried_first());
    INFO(record.json);
    CHECK(record.reason == "canary.unavailable");
    CHECK(record.text.find("/nowhere/tenon-canary: ") == 0);
    untouched(shop, record);
}
