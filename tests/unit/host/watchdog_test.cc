// Calls that take too long, seen from outside while they run.
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/host/watched_shop.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// Lets a handler's call go on until the test says so. Its first call, which is not charged, returns at once.
struct Stay {
    std::atomic<bool> inside{false};
    std::atomic<bool> leave{false};
    std::atomic<bool> told{false};
    std::atomic<std::int32_t> thread{0};
    bool first = true;

    int32_t operator()(tenon_call* call) {
        if (std::exchange(first, false)) return TENON_CONTINUE;
        thread = static_cast<std::int32_t>(::syscall(SYS_gettid));
        inside = true;
        while (!leave)
            if (tenon_call_cancelled(call) != 0) told = true;
        inside = false;
        return TENON_CONTINUE;
    }
};

double milliseconds_in(const std::string& line) {
    const std::string before = "for more than ";
    return std::stod(line.substr(line.find(before) + before.size()));
}

}  // namespace

extern "C" __attribute__((visibility("default"), noinline)) void shop_counts_its_stock(const std::atomic<bool>& enough);
void shop_counts_its_stock(const std::atomic<bool>& enough) {
    while (!enough) {
    }
}

TEST_CASE("a call past its hard budget is told to stop, and others skip the handler while it is still running") {
    WatchedShop shop;
    Stay stay;
    shop.on_opened("slow", {0, 200 * ms}, [&](tenon_call* call) { return stay(call); });
    shop.open();
    Visitor visitor(shop);
    CHECK(comes_true([&] { return shop.is("slow", TENON_BREAKER_OPEN); }));
    CHECK(comes_true([&] { return stay.told.load(); }));
    shop.open(3);
    CHECK(stay.inside);
    const Row row = shop.row("slow");
    CHECK(row->calls == 2);
    CHECK(row->skipped == 3);
    CHECK(row->hard_overruns == 1);
    CHECK(row->last_overrun != 0);
    CHECK(row.reason == "a call is running past its hard budget");
    const std::string line = "slow: org.tenon.test.shop/opened has been running on thread " +
                             std::to_string(stay.thread) + " for more than ";
    CHECK(comes_true([&] { return !shop.log.with(line).empty(); }));
    CHECK(shop.log.with(line).front().find(" ms, past its hard budget; its breaker is open and it was told to stop") !=
          std::string::npos);
    stay.leave = true;
    visitor.join();
}

TEST_CASE("a short overrun is one strike: the handler is called again once the call has returned") {
    WatchedShop shop;
    bool first = true;
    shop.on_opened("slow", {0, 300 * ms}, [&](tenon_call* call) {
        if (!std::exchange(first, false))
            while (tenon_call_cancelled(call) == 0) {  // ends by itself once it is told to
            }
        return int32_t{TENON_CONTINUE};
    });
    shop.open(2);
    const Row row = shop.row("slow");
    CHECK(row->hard_overruns == 1);
    CHECK(row->trips == 0);
    CHECK(row->breaker == TENON_BREAKER_CLOSED);
    CHECK(row->last_overrun_ns > 300 * ms);
    // The call may return before the watchdog has written what it saw.
    CHECK(comes_true([&] { return !shop.log.with("has been running on thread").empty(); }));
    CHECK(shop.log.with("has been running on thread").size() == 1);
}

TEST_CASE("a call past ten times its hard budget trips the breaker, which stays open when it returns") {
    WatchedShop shop;
    Stay stay;
    shop.on_opened("stuck", {0, 4 * ms}, [&](tenon_call* call) { return stay(call); });
    shop.open();
    Visitor visitor(shop);
    CHECK(comes_true([&] { return shop.row("stuck")->trips == 1; }));
    stay.leave = true;
    visitor.join();
    const Row row = shop.row("stuck");
    CHECK(row->breaker == TENON_BREAKER_OPEN);
    CHECK(row->trips == 1);
    CHECK(row->hard_overruns == 1);
    CHECK(row.reason == "a call ran past 10 times its hard budget");
}

TEST_CASE("a call that goes on is reported again each time its duration has doubled") {
    WatchedShop shop;
    Stay stay;
    shop.on_opened("slow", {0, 5 * ms}, [&](tenon_call* call) { return stay(call); });
    shop.open();
    Visitor visitor(shop);
    CHECK(comes_true([&] { return shop.log.with("has been running on thread").size() >= 4; }));
    stay.leave = true;
    visitor.join();
    const std::vector<std::string> lines = shop.log.with("has been running on thread");
    CHECK(milliseconds_in(lines.front()) > 5);
    for (std::size_t i = 1; i < lines.size(); ++i)
        CHECK(milliseconds_in(lines[i]) >= 2 * milliseconds_in(lines[i - 1]));
    CHECK(shop.row("slow")->hard_overruns == 1);
}

TEST_CASE("a handler is not charged for the time of what it dispatches") {
    const std::uint64_t before_ns = GENERATE(0 * ms, 20 * ms);
    WatchedShop shop;
    shop.shop.on_sold("inner", 0, [](tenon_call*, const shop_article&) { return work_for(400 * ms), 0; });
    CHECK(tenon_host_set_budget(shop.shop.host.raw(), str("inner"), {}, 0, 0, 0) == TENON_OK);
    tenon_hook* const sold = shop.shop.sold().raw();
    const auto article = sized<shop_article>();
    bool first = true;
    bool told = false;
    shop.on_opened("outer", {0, 150 * ms}, [&](tenon_call* call) {
        if (std::exchange(first, false)) return int32_t{TENON_CONTINUE};
        work_for(before_ns);
        const int32_t status = tenon_call_hook(call, sold, &article, nullptr);
        told = tenon_call_cancelled(call) != 0;
        return status;
    });
    shop.open(2);
    CHECK_FALSE(told);
    const Row row = shop.row("outer");
    CHECK(row->hard_overruns == 0);
    CHECK(row->breaker == TENON_BREAKER_CLOSED);
    CHECK(shop.log.with("outer: ").empty());
    CHECK(shop.row("inner")->calls == 1);
}

TEST_CASE("the first call of a handler is not charged, the next one is") {
    WatchedShop shop;
    shop.have_waits_counted();
    shop.on_opened("loads", {0, 10 * ms}, [&](tenon_call*) { return work_for(60 * ms), int32_t{TENON_CONTINUE}; });
    shop.open();
    CHECK(shop.row("loads")->not_charged == 1);
    CHECK(shop.row("loads")->hard_overruns == 0);
    CHECK(shop.log.with("past its hard budget").empty());
    for (int i = 0; i < 20 && shop.row("loads")->hard_overruns == 0; ++i) {
        shop.set_breaker("loads", TENON_BREAKER_CLOSED);
        shop.open();
    }
    CHECK(shop.row("loads")->not_charged == 1);
    CHECK(shop.row("loads")->hard_overruns == 1);
}

TEST_CASE("without a watchdog there are no time budgets") {
    WatchedShop shop([](tenon_host_options& options) { options.watchdog_period_ns = UINT64_MAX; });
    shop.on_opened("slow", {1 * ms, 2 * ms}, [&](tenon_call* call) {
        work_for(10 * ms);
        return tenon_call_cancelled(call) != 0 ? int32_t{TENON_E_CANCELLED} : int32_t{TENON_CONTINUE};
    });
    shop.open(8);
    const Row row = shop.row("slow");
    CHECK(row->calls == 8);
    CHECK(row->errors == 0);
    CHECK(row->soft_overruns == 0);
    CHECK(row->hard_overruns == 0);
    CHECK(row->not_charged == 0);
    CHECK(row->breaker == TENON_BREAKER_CLOSED);
}

TEST_CASE("calls past their soft budget are counted, and logged at the 1st, 2nd and 4th") {
    WatchedShop shop;
    shop.on_opened("slow", {1 * ms, 0}, [](tenon_call*) { return work_for(4 * ms), int32_t{TENON_CONTINUE}; });
    const auto counted = [&] { return shop.row("slow")->soft_overruns; };
    for (int i = 0; i < 1000 && counted() < 4; ++i) shop.open();
    CHECK(counted() == 4);
    const std::vector<std::string> lines = shop.log.with("more than its soft budget of 1.000 ms");
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].starts_with("slow: org.tenon.test.shop/opened took "));
    CHECK(lines[0].ends_with(" ms, more than its soft budget of 1.000 ms (1 so far)"));
    CHECK(lines[1].ends_with("(2 so far)"));
    CHECK(lines[2].ends_with("(4 so far)"));
    CHECK(shop.row("slow")->hard_overruns == 0);
}

TEST_CASE("the stack of a call that overruns names the plugin's function, where the application has consented") {
    const bool consents = GENERATE(true, false);
    WatchedShop shop([&](tenon_host_options& options) {
        if (consents) options.stack_signal = static_cast<std::uint32_t>(SIGRTMIN + 5);
    });
    std::atomic<bool> enough{false};
    bool first = true;
    shop.on_opened("counts", {0, 10 * ms}, [&](tenon_call*) {
        if (!std::exchange(first, false)) shop_counts_its_stock(enough);
        return int32_t{TENON_CONTINUE};
    });
    shop.open();
    Visitor visitor(shop);
    // The thread may be without a processor for longer than the host waits for its answer: then the next report has it.
    const std::string function = "shop_counts_its_stock";
    if (consents)
        CHECK(comes_true([&] { return !shop.log.with(function).empty(); }));
    else
        CHECK(comes_true([&] { return !shop.log.with("past its hard budget").empty(); }));
    enough = true;
    visitor.join();
    CHECK((shop.row("counts").stack.find(function) != std::string::npos) == consents);
    CHECK(shop.log.with(function).empty() != consents);
}

TEST_CASE("a first call that hangs is told to stop, and is no strike either") {
    WatchedShop shop;
    bool told = false;
    shop.on_opened("hangs", {0, 4 * ms}, [&](tenon_call* call) {
        told = comes_true([&] { return tenon_call_cancelled(call) != 0; });
        return int32_t{TENON_CONTINUE};
    });
    shop.open();
    CHECK(told);
    const Row row = shop.row("hangs");
    CHECK(row->hard_overruns == 0);
    CHECK(row->not_charged == 1);
    CHECK(row->breaker == TENON_BREAKER_CLOSED);
    // The call may return before the watchdog has written what it saw.
    CHECK(comes_true([&] { return !shop.log.with("past its hard budget").empty(); }));
}

TEST_CASE("the time that the application's log takes is not the handler's whose error it writes") {
    struct SlowLog {
        std::atomic<int> lines{0};
    } slow;
    WatchedShop shop([&](tenon_host_options& options) {
        options.log_data = &slow;
        options.log = [](void* self, uint32_t, tenon_str, tenon_str) {
            auto& log = *static_cast<SlowLog*>(self);
            if (log.lines.fetch_add(1) > 1) return;
            work_for(60 * ms);  // many times the budget, and the watchdog sees it
        };
    });
    shop.on_opened("fails", {0, 3 * ms}, [](tenon_call*) { return int32_t{TENON_E_FAILED}; });
    shop.open(2);
    const Row row = shop.row("fails");
    CHECK(slow.lines == 2);
    CHECK(row->hard_overruns == 0);
    CHECK(row->breaker == TENON_BREAKER_CLOSED);
}

TEST_CASE("what the caller has cancelled is not logged, however often it happens") {
    WatchedShop shop;
    shop.on_opened("obeys", {}, [&](tenon_call*) {
        shop.shop.scope.cancel();
        return int32_t{TENON_E_CANCELLED};
    });
    shop.open(100);
    CHECK(shop.log.with("obeys: ").empty());
    CHECK(shop.row("obeys")->errors == 0);
    CHECK(shop.row("obeys")->breaker == TENON_BREAKER_CLOSED);
}
