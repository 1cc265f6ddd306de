// What manifests say of handlers, in a running host: order, budgets, taking turns.
#include <thread>

#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

std::string fixture(const std::string& name) {
    return std::string(TENON_FIXTURES) + "/shop/" + name;
}

// Its breakers do not trip: what is tested is not how fast the machine is.
struct Counter : OpenShop {
    Counter() : OpenShop(options()) {}
    static tenon_host_options options() {
        tenon_host_options quiet = quiet_options();
        quiet.breakers = TENON_BREAKER_METRICS_ONLY;
        return quiet;
    }
    Report load(const std::vector<std::string>& names) {
        std::vector<std::string> folders;
        for (const std::string& name : names) folders.push_back(fixture(name));
        return host.load(folders);
    }
    int32_t digits() {
        auto article = sized<shop_article>();
        price()(scope, article);
        return article.cents;
    }
};

}  // namespace

TEST_CASE("handlers of plugins run by phase, then by before and after, and who observes changes nothing") {
    Counter counter;
    const Report report =
        counter.load({"writes_nine_observing", "writes_three_late", "writes_one", "writes_two_before_one"});
    CHECK(report.all_active());
    CHECK(counter.digits() == 213);
    CHECK(row_of(counter.host, "org.tenon.test.writes-nine-observing")->calls == 1);
    char why[256];
    REQUIRE(tenon_hook_why(counter.price().raw(), str("org.tenon.test.writes-two-before-one"),
                           str("org.tenon.test.writes-one"), why, sizeof why) == TENON_OK);
    CHECK(std::string(why).find("org.tenon.test.writes-two-before-one") == 0);
}

TEST_CASE("a plugin whose wishes close a circle is refused, and the others go on") {
    Counter counter;
    REQUIRE(counter.load({"writes_one", "writes_two_before_one"}).all_active());
    const Report report = counter.load({"closes_a_circle"});
    REQUIRE(report.size() == 1);
    CHECK(report[0].state == TENON_STATE_FAILED);
    CHECK(view(report[0].reason) == "hook.order-cycle");
    CHECK(view(report[0].text).find("org.tenon.test.closes-a-circle") != std::string_view::npos);
    CHECK(view(report[0].text).find("org.tenon.test.writes-one") != std::string_view::npos);
    CHECK(counter.digits() == 21);
}

TEST_CASE("budgets of a manifest stand over those of the hook, and say so") {
    Counter counter;
    REQUIRE(counter.load({"writes_one"}).all_active());
    const Row row = row_of(counter.host, "org.tenon.test.writes-one");
    CHECK(row->budget.soft_ns == 3000 * ms);
    CHECK(row->budget.hard_ns == 40000 * ms);
    CHECK(row->budget.share == 90);
    CHECK(row->budget.soft_from == TENON_FROM_MANIFEST);
    REQUIRE(counter.load({"writes_three_late"}).all_active());
    const Row other = row_of(counter.host, "org.tenon.test.writes-three-late");
    CHECK(other->budget.hard_ns == 500'000);
    CHECK(other->budget.hard_from == TENON_FROM_HOOK);
    CHECK(other->budget.share_from == TENON_FROM_NOWHERE);
}

TEST_CASE("the calls of a plugin that says serialized take turns, from however many threads") {
    Counter counter;
    REQUIRE(counter.load({"takes_turns"}).all_active());
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            Scope scope(counter.host);
            for (int call = 0; call < 200; ++call) counter.sold()(scope, sized<shop_article>());
        });
    for (std::thread& thread : threads) thread.join();
    const Row row = row_of(counter.host, "org.tenon.test.takes-turns");
    CHECK(row->calls == 600);
    CHECK(row->errors == 0);
}
