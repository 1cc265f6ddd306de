// A new build takes the place of the one that runs.
#include <atomic>
#include <thread>

#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

TEST_CASE("a plugin's new build serves after a reload, and the old one is gone from memory") {
    ReloadShop shop("tells_its_build");
    CHECK(shop.answer() == "a");
    const Reloaded record = shop.reload_to("b");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.reason.empty());
    CHECK(record.trigger == "by hand");
    CHECK(record.to_generation == record.from_generation + 1);
    CHECK(record.unmapped);
    CHECK(record.unmapped_reason.empty());
    CHECK(shop.answer() == "b");
    CHECK(mapped_generations(shop.id()) == 1);
}

TEST_CASE("a file that is the one that runs is unchanged") {
    ReloadShop shop("tells_its_build");
    const Reloaded record = shop.reload_to("a");
    CHECK(record.verdict == TENON_UNCHANGED);
    CHECK(record.to_generation == 0);
    CHECK(shop.answer() == "a");
}

TEST_CASE("a build that fails to start changes nothing, and says so in its own words") {
    ReloadShop shop("tells_its_build");
    const Reloaded record = shop.reload_to("fails_to_start");
    CHECK(record.verdict == TENON_REFUSED);
    CHECK(record.reason == "plugin.start-failed");
    CHECK(record.text == "org.tenon.test.tells-its-build 1.0.0: start failed: the new build does not feel well");
    CHECK(shop.answer() == "a");
    CHECK(mapped_generations(shop.id()) == 1);
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
    CHECK(shop.answer() == "b");
}

TEST_CASE("a hook that the new build does not handle is handled by nobody") {
    ReloadShop shop("tells_its_build");
    auto article = sized<shop_article>();
    CHECK(shop.price()(shop.scope, article) == TENON_CHANGED);
    CHECK(shop.reload_to("without_price").verdict == TENON_RELOADED);
    CHECK(shop.price()(shop.scope, article) == TENON_CONTINUE);
    CHECK(shop.reload_to("c").verdict == TENON_RELOADED);
    CHECK(shop.price()(shop.scope, article) == TENON_CHANGED);
    CHECK(article.cents == 'c');
}

TEST_CASE("the state goes over with the calls that made it") {
    ReloadShop shop("counts_sales");
    shop.sell(3);
    CHECK(shop.answer() == "a has sold 3");
    const Reloaded record = shop.reload_to("b");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.state_bytes == 8);
    shop.sell();
    CHECK(shop.answer() == "b has sold 4");
}

TEST_CASE("a build on probation whose calls fail is rolled back, and the old one serves again") {
    ReloadShop shop("tells_its_build");
    tenon_reload_options options = at_once();
    options.probation_ns = 60'000'000'000;
    CHECK(shop.reload_to("fails_its_calls", options).verdict == TENON_ON_PROBATION);
    while (shop.answer() == "(nobody)") std::this_thread::yield();
    CHECK(shop.answer() == "a");
    while (reloads(shop.host.raw()).back().verdict == TENON_ON_PROBATION) std::this_thread::yield();
    const Reloaded record = reloads(shop.host.raw()).back();
    CHECK(record.verdict == TENON_ROLLED_BACK);
    CHECK(record.reason == "reload.failed-probation");
    CHECK(record.text.find("org.tenon.test.tells-its-build 1.0.0: ") == 0);
    CHECK(record.text.find("calls failed") != std::string::npos);
}

TEST_CASE("a rollback by hand goes to the build that stands by, and after probation to its copy") {
    ReloadShop shop("tells_its_build");
    tenon_reload_options options = at_once();
    options.probation_ns = 60'000'000'000;
    CHECK(shop.reload_to("b", options).verdict == TENON_ON_PROBATION);
    CHECK(shop.answer() == "b");
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ROLLED_BACK);
    CHECK(shop.answer() == "a");

    CHECK(shop.reload_to("c").verdict == TENON_RELOADED);
    std::filesystem::remove(shop.path());
    const Reloaded record = rollback(shop.host.raw(), shop.id());
    INFO(record.json);
    CHECK(record.verdict != TENON_REFUSED);
    CHECK(shop.answer() == "a");
}
