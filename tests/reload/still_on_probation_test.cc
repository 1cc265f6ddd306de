// What does not end a probation.
#include <thread>

#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

tenon_reload_options for_a_minute() {
    tenon_reload_options options = at_once();
    options.probation_ns = 60'000'000'000;
    return options;
}

void fail_until_rolled_back(ReloadShop& shop) {
    while (shop.answer() == "(nobody)") std::this_thread::yield();
    CHECK(shop.answer() == "a");
}

}  // namespace

TEST_CASE("a file that was written again with the same bytes leaves its build on probation") {
    ReloadShop shop("tells_its_build");
    CHECK(shop.reload_to("fails_its_calls", for_a_minute()).verdict == TENON_ON_PROBATION);
    CHECK(shop.reload_to("fails_its_calls", for_a_minute()).verdict == TENON_UNCHANGED);
    CHECK(reloads(shop.host.raw()).front().verdict == TENON_ON_PROBATION);
    fail_until_rolled_back(shop);
}

TEST_CASE("a build that is refused from its file alone leaves the one before it on probation") {
    ReloadShop shop("tells_its_build");
    CHECK(shop.reload_to("fails_its_calls", for_a_minute()).verdict == TENON_ON_PROBATION);
    const Reloaded refused = shop.reload_to("wants_files", for_a_minute());
    CHECK(refused.verdict == TENON_REFUSED);
    CHECK(refused.reason == "reload.new-permission");
    CHECK(reloads(shop.host.raw()).front().verdict == TENON_ON_PROBATION);
    fail_until_rolled_back(shop);
}

TEST_CASE("another build that takes the place of one on probation ends the probation well") {
    ReloadShop shop("tells_its_build");
    CHECK(shop.reload_to("b", for_a_minute()).verdict == TENON_ON_PROBATION);
    CHECK(shop.reload_to("c", for_a_minute()).verdict == TENON_ON_PROBATION);
    CHECK(shop.answer() == "c");
    CHECK(reloads(shop.host.raw()).front().verdict == TENON_RELOADED);
    CHECK(mapped_generations(shop.id()) == 2);
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ROLLED_BACK);
    CHECK(shop.answer() == "b");
}
