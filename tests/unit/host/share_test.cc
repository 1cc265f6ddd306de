#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using namespace tenon::test;

TEST_CASE("a handler that takes more than its share of a thread's time for five seconds is skipped") {
    WatchedShop shop;
    const auto work = [](tenon_call*) { return work_for(ms), int32_t{TENON_CONTINUE}; };
    shop.on_opened("greedy", {0, 0, 5}, work);
    shop.on_opened("free", {}, work);
    shop.on_opened("modest", {0, 0, 90}, [](tenon_call*) { return int32_t{TENON_CONTINUE}; });
    CHECK(comes_true([&] { return shop.open(20), shop.is("greedy", TENON_BREAKER_OPEN); }));
    const Row row = shop.row("greedy");
    CHECK(row->trips == 1);
    CHECK(row->hard_overruns == 5);
    CHECK(row->errors == 0);
    CHECK(row.reason == "5 strikes in a row");
    const std::string words = "greedy: org.tenon.test.shop/opened took ";
    CHECK(comes_true([&] { return shop.log.with(words).size() == 3; }));
    CHECK_THAT(shop.log.with(words)[2],
               Catch::Matchers::Matches(words + "[0-9.]+ % of a thread's time in the last [0-9.]+ s, more than its "
                                                "share of 5 % \\(4 so far\\)"));
    for (const char* name : {"free", "modest"}) {
        CHECK(shop.is(name, TENON_BREAKER_CLOSED));
        CHECK(shop.row(name)->hard_overruns == 0);
        CHECK(shop.log.with(std::string(name) + ": ").empty());
    }
}
