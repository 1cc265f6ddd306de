// A service whose plugin is reloaded goes on to answer, for other plugins and for the application.
#include <atomic>
#include <thread>

#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

using Till = Service<shop_till_service>;

std::string count(ReloadShop& shop, const Till& till, std::string_view what = "5") {
    auto question = sized<shop_question>();
    question.text = str(what);
    Scope scope(shop.host);
    return std::string(view(till.ask<shop_till_count_method>(scope, question).text));
}

// The same by another plugin, which has borrowed the service when it started.
std::string ask_other(ReloadShop& shop) {
    return shop.answer("7");
}

const char* const dependant = "org.tenon.test.asks-that-till";

struct TillShop : ReloadShop {
    TillShop() : ReloadShop("runs_the_till") {
        REQUIRE(host.load(build_of("asks_that_till", "a")).all_active());
        till = host.service<shop_till_service>();
    }
    Till till;
};

}  // namespace

TEST_CASE("a borrowed service answers with the new build, without being borrowed again") {
    TillShop shop;
    for (const char* const build : {"b", "a", "b"}) {
        CHECK(shop.reload_to(build).verdict == TENON_RELOADED);
        CHECK(count(shop, shop.till) == std::string(build) + " counted 5");
        CHECK(ask_other(shop) == std::string(build) + " counted 7");
    }
    CHECK_THROWS_WITH(shop.host.unload(shop.id()),
                      "org.tenon.test.runs-the-till 1.0.0 is needed by org.tenon.test.asks-that-till 1.0.0 Fix: Unload "
                      "org.tenon.test.asks-that-till first.");
    shop.host.unload(dependant);
    shop.host.unload(shop.id());
    CHECK_THROWS_WITH(count(shop, shop.till), "call of org.tenon.test.till/1 failed with -12");  // TENON_E_GONE
}

TEST_CASE("a service's new build with its methods in another order is called by their names") {
    TillShop shop;
    const Reloaded record = shop.reload_to("swapped");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(count(shop, shop.till) == "swapped counted 5");
    CHECK(ask_other(shop) == "swapped counted 7");
}

TEST_CASE("a call of a service that goes on during the reload ends in the old build, later ones go to the new") {
    TillShop shop;
    std::atomic<bool> counting{false}, may_end{false};
    shop.on_price("hold-up", 0, [&](tenon_call*, shop_article&) {
        counting = true;
        while (!may_end) std::this_thread::yield();
        return TENON_CONTINUE;
    });
    std::string slow;
    std::thread customer([&] { slow = count(shop, shop.till, "slowly"); });
    while (!counting) std::this_thread::yield();
    const Reloaded record = shop.reload_to("b");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK_FALSE(record.unmapped);
    CHECK(record.unmapped_reason == "unload.busy");
    CHECK(count(shop, shop.till) == "b counted 5");
    CHECK(ask_other(shop) == "b counted 7");
    may_end = true;
    customer.join();
    CHECK(slow == "a counted slowly");
    while (!reloads(shop.host.raw()).back().unmapped) std::this_thread::yield();
    CHECK(mapped_generations(shop.id()) == 1);
}

TEST_CASE("a service is borrowed and called without a break while its plugin is reloaded") {
    TillShop shop;
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> answered{0}, wrong{0};
    const auto is_right = [](const std::string& answer) { return answer == "a counted 7" || answer == "b counted 7"; };
    std::vector<std::thread> customers;
    for (int i = 0; i < 2; ++i)
        customers.emplace_back([&] {
            while (!stop) {
                try {
                    if (!is_right(count(shop, shop.till, "7"))) ++wrong;
                } catch (const Error&) {
                    ++wrong;
                }
                ++answered;
            }
        });
    for (int i = 0; i < 40; ++i) {
        const std::uint64_t until = answered + 20;
        while (answered < until) std::this_thread::yield();
        CHECK(shop.reload_to(i % 2 == 0 ? "b" : "a").verdict == TENON_RELOADED);
        CHECK(is_right(ask_other(shop)));
    }
    stop = true;
    for (std::thread& customer : customers) customer.join();
    CHECK(wrong == 0);
}

TEST_CASE("a dependant is reloaded by itself, and finds the service where it was") {
    TillShop shop;
    tenon_reload_options options = at_once();
    const std::string next = ReloadShop::build_of("asks_that_till", "b");
    options.path = str(next);
    CHECK(tenon::reload(shop.host.raw(), dependant, &options).verdict == TENON_RELOADED);
    CHECK(ask_other(shop) == "a counted 7");
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
    CHECK(ask_other(shop) == "b counted 7");
}

TEST_CASE("a service that the new build does not provide any more is gone, and comes back with a rollback") {
    TillShop shop;
    tenon_reload_options options = at_once();
    options.probation_ns = 600'000'000'000;
    const Reloaded record = shop.reload_to("provides_nothing", options);
    INFO(record.json);
    CHECK(record.verdict == TENON_ON_PROBATION);
    CHECK_THROWS_WITH(count(shop, shop.till), "call of org.tenon.test.till/1 failed with -12");
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ROLLED_BACK);
    CHECK(count(shop, shop.till) == "a counted 5");
    CHECK(ask_other(shop) == "a counted 7");
}
