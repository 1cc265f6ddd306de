// What one build of a plugin leaves to the next.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// "org.tenon.test.keeps-accounts 1.0.0"
const std::string accounts = "org.tenon.test.keeps-accounts 1.0.0";
const std::string first_schema = "org.tenon.test.accounts 1 {u64 sold, u64 entries}";

// Runs `then` when the plugin says so, on the thread that says it.
class Moments {
public:
    Moments(ReloadShop& shop, std::string moment, std::function<void()> then)
        : registration_(
              shop.on_price("moments", 0,
                            [moment = std::move(moment), then = std::move(then)](tenon_call*, shop_article& a) {
                                if (view(a.name) == moment) then();
                                return std::int32_t{TENON_CONTINUE};
                            })),
          shop_(shop) {}
    ~Moments() { shop_.price().remove(registration_); }
    Moments(const Moments&) = delete;
    Moments& operator=(const Moments&) = delete;

private:
    tenon_registration* registration_;
    ReloadShop& shop_;
};

// Sells one article: any thread. How it ended; the failure of a handler, if there was one.
std::int32_t sell_in(Scope& scope, const ReloadShop& shop, const char* name = "") {
    auto article = sized<shop_article>();
    article.name = str(name);
    const std::int32_t status = tenon_hook_call(shop.sold().raw(), scope.raw(), &article, nullptr);
    return status >= 0 && scope.error_count() != 0 ? scope.error(0).code : status;
}
std::int32_t sell_one(const ReloadShop& shop, const char* name = "") {
    Scope scope(shop.host);
    return sell_in(scope, shop, name);
}

// Threads that sell without a break, from construction to `stop`.
class Sellers {
public:
    explicit Sellers(ReloadShop& shop) {
        for (int i = 0; i < 3; ++i) threads_.emplace_back([this, &shop] { sell(shop); });
    }
    ~Sellers() { stop(); }
    Sellers(const Sellers&) = delete;
    Sellers& operator=(const Sellers&) = delete;

    std::uint64_t sold() const { return sold_.load(); }
    std::uint64_t failed() const { return failed_.load(); }
    // Until so many more are sold.
    void wait_for(std::uint64_t more) const {
        const std::uint64_t until = sold() + more;
        while (sold() < until) std::this_thread::yield();
    }
    void stop() {
        stopping_ = true;
        for (std::thread& thread : threads_)
            if (thread.joinable()) thread.join();
    }

private:
    void sell(ReloadShop& shop) {
        Scope scope(shop.host);
        const auto hook = shop.sold();
        const auto article = sized<shop_article>();
        while (!stopping_) {
            if (tenon_hook_call(hook.raw(), scope.raw(), &article, nullptr) < 0 || scope.error_count() != 0) ++failed_;
            ++sold_;
            scope.reset();
        }
    }
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> sold_{0}, failed_{0};
    std::vector<std::thread> threads_;
};

std::uint64_t counted(ReloadShop& shop) {
    const std::string answer = shop.answer();
    return std::stoull(answer.substr(answer.rfind(' ') + 1));
}

// Both builds in turn, with sellers; the last one serves.
struct Fair {
    std::uint64_t sold = 0, failed = 0, counted = 0;
};
Fair reload_while_selling(ReloadShop& shop, const std::string& policy) {
    Sellers sellers(shop);
    for (int i = 0; i < 20; ++i) {
        sellers.wait_for(20);
        const Reloaded record = shop.reload_to(policy + (i % 2 == 0 ? "b" : "a"));
        INFO(record.json);
        REQUIRE(record.verdict == TENON_RELOADED);
    }
    sellers.stop();
    return {sellers.sold(), sellers.failed(), counted(shop)};
}

void refused(ReloadShop& shop, const std::string& build, const std::string& why) {
    const Reloaded record = shop.reload_to(build);
    INFO(record.json);
    CHECK(record.verdict == TENON_REFUSED);
    CHECK(record.reason + ": " + record.text == why);
    CHECK(mapped_generations(shop.id()) == 1);
}

}  // namespace

TEST_CASE("with the policy freeze, no sale is lost and none is counted twice") {
    ReloadShop shop("keeps_accounts");
    const Fair fair = reload_while_selling(shop, "");
    CHECK(fair.failed == 0);
    CHECK(fair.counted == fair.sold);
}

TEST_CASE("with the policy journal, no sale is lost and none is counted twice") {
    ReloadShop shop("keeps_accounts", "journal_a");
    const Fair fair = reload_while_selling(shop, "journal_");
    CHECK(fair.failed == 0);
    CHECK(fair.counted == fair.sold);
}

TEST_CASE("with the policy lossy, no call fails, and none is counted that was not made") {
    ReloadShop shop("keeps_accounts", "lossy_a");
    const Fair fair = reload_while_selling(shop, "lossy_");
    CHECK(fair.failed == 0);
    CHECK(fair.counted <= fair.sold);
    CHECK(fair.counted > 0);
}

TEST_CASE("frozen calls wait until the state has gone over, and are told in the record") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    std::atomic<bool> came{false};
    shop.on_sold("door", 1000, [&](tenon_call*, const shop_article&) {
        came = true;
        return TENON_CONTINUE;
    });
    std::thread customer;
    Reloaded record;
    {
        const Moments moments(shop, "after saving", [&] {
            customer = std::thread([&] { CHECK(sell_one(shop) == TENON_CONTINUE); });
            while (!came) std::this_thread::yield();
        });
        record = shop.reload_to("b");
    }
    customer.join();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.pause_ns > 0);
    CHECK(record.calls_waited <= 1);  // the customer may have stood between door and till
    CHECK(record.state_bytes == 16);
    CHECK(shop.answer() == "b has sold 4");
}

TEST_CASE("a frozen call that may wait no longer ends, and the others go on") {
    ReloadShop shop("keeps_accounts");
    std::int32_t hurried = 0, cancelled = 0;
    const Moments moments(shop, "after saving", [&] {
        std::thread customer([&] {
            Scope in_a_hurry(shop.host);
            in_a_hurry.set_time_left_ns(300'000'000);  // time to begin, on slow machines, too
            hurried = sell_in(in_a_hurry, shop);
        });
        customer.join();

        Scope scope(shop.host);
        std::atomic<bool> began{false};
        std::thread other([&] {
            began = true;
            cancelled = sell_in(scope, shop);
        });
        while (!began) std::this_thread::yield();
        scope.cancel();
        other.join();
    });
    shop.sell(3);
    const Reloaded record = shop.reload_to("b");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(hurried == TENON_E_DEADLINE);
    CHECK(cancelled == TENON_E_CANCELLED);
    CHECK(shop.answer() == "b has sold 3");
}

TEST_CASE("journal: what is sold while the state is restored is applied before the switch") {
    ReloadShop shop("keeps_accounts", "journal_a");
    shop.sell(3);
    const Moments saving(shop, "before saving", [&] { CHECK(sell_one(shop) == TENON_CONTINUE); });
    const Moments restoring(shop, "before restoring", [&] {
        for (int i = 0; i < 5; ++i) CHECK(sell_one(shop) == TENON_CONTINUE);
    });
    const Reloaded record = shop.reload_to("journal_b");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.state_bytes == 16);
    CHECK(shop.answer() == "journal_b has sold 9");
}

TEST_CASE("lossy: what is sold while the state is restored is missing, and nothing waits") {
    ReloadShop shop("keeps_accounts", "lossy_a");
    shop.sell(3);
    const Moments moments(shop, "before restoring", [&] {
        for (int i = 0; i < 5; ++i) CHECK(sell_one(shop) == TENON_CONTINUE);
    });
    const Reloaded record = shop.reload_to("lossy_b");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.pause_ns == 0);
    CHECK(record.calls_waited == 0);
    CHECK(shop.answer() == "lossy_b has sold 3");
}

TEST_CASE("a journal that becomes too long refuses the reload, and loses nothing") {
    ReloadShop shop("keeps_accounts", "journal_a");
    const Moments moments(shop, "before restoring", [&] {
        for (int i = 0; i < 65; ++i) CHECK(sell_one(shop, "with much to note") == TENON_CONTINUE);
    });
    refused(shop, "journal_b", "reload.state-journal: " + accounts + ": its journal of changes is beyond 64 MiB");
    CHECK(shop.answer() == "journal_a has sold 65");
}

TEST_CASE("a journal that the new build cannot apply refuses the reload") {
    ReloadShop shop("keeps_accounts", "journal_a");
    refused(
        shop, "journal_applies_nothing",
        "reload.state-journal: " + accounts + " keeps a journal of its state, " + accounts + " has no apply_journal");
    const Moments moments(shop, "before restoring", [&] { CHECK(sell_one(shop) == TENON_CONTINUE); });
    refused(shop, "journal_fails_to_apply",
            "reload.state-journal: " + accounts + ": apply_journal failed: the slip is torn");
    CHECK(shop.answer() == "journal_a has sold 1");
}

TEST_CASE("a new build migrates the state of a version that its manifest lists") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    const Reloaded record = shop.reload_to("second");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.state_bytes == 16);
    CHECK(shop.answer() == "second has sold 3 for 300");

    refused(shop, "a",  // there is no way back
            "reload.state-schema: the state of " + accounts +
                " is org.tenon.test.accounts 2 {u64 sold, u64 entries, i64 cents}; " + accounts + " has " +
                first_schema + ": migrates from no other");
    CHECK(shop.answer() == "second has sold 3 for 300");
}

TEST_CASE("a state that the new build does not take refuses the reload, with both schemas field by field") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    const std::string is = "the state of " + accounts + " is " + first_schema + "; " + accounts + " has ";
    refused(shop, "second_alone",
            "reload.state-schema: " + is +
                "org.tenon.test.accounts 2 {u64 sold, u64 entries, i64 cents}: migrates from no other");
    refused(shop, "other_schema",
            "reload.state-schema: " + is + "org.tenon.test.ledger 1: the schemas are different ones");
    refused(shop, "without_state", "reload.state-schema: " + is + "no [state]: nobody would take it");
    refused(
        shop, "other_layout",
        "reload.state-schema: " + is +
            "org.tenon.test.accounts 1 {u64 entries, u32 sold, u32 returned}: accounts_state.entries: the new build "
            "has entries, u64 at byte 0 (8 bytes), the running one has sold, u64 at byte 0 (8 bytes)");
    refused(shop, "restores_nothing",
            "reload.state-dropped: " + accounts + " saves its state, " + accounts + " has no restore_state");
    CHECK(shop.answer() == "a has sold 3");
}

TEST_CASE("the state is dropped when that is asked for") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    tenon_reload_options options = at_once();
    options.flags |= TENON_RELOAD_DROP_STATE;
    const Reloaded record = shop.reload_to("other_schema", options);
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.state_bytes == 0);
    CHECK(shop.answer() == "other_schema has sold 0");
    CHECK(shop.reload_to("restores_nothing", options).verdict == TENON_RELOADED);
    CHECK(shop.answer() == "restores_nothing has sold 0");
}

TEST_CASE("a build that cannot save, or saves something else than its manifest says, goes on serving") {
    const auto [build, why] = GENERATE(table<std::string, std::string>({
        {"fails_to_save", "the pen is dry"},
        {"saves_another_version", "it saved org.tenon.test.accounts 7, its manifest says org.tenon.test.accounts 1"},
        {"saves_null", "its data is NULL"},
    }));
    ReloadShop shop("keeps_accounts", build.c_str());
    shop.sell(3);
    refused(shop, "b", "reload.state-save: " + accounts + ": save_state failed: " + why);
    CHECK(shop.answer() == build + " has sold 3");
}

TEST_CASE("a state that the new build cannot restore refuses the reload, in its own words") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    refused(shop, "fails_to_restore", "reload.state-restore: " + accounts + ": restore_state failed: the ink has run");
    CHECK(shop.answer() == "a has sold 3");
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
    CHECK(shop.answer() == "b has sold 3");
}

TEST_CASE("a corrupt state refuses the reload where the new build notices, and the old one goes on") {
    ReloadShop shop("keeps_accounts", "saves_half");
    shop.sell(3);
    refused(
        shop, "b",
        "reload.state-restore: " + accounts + ": restore_state failed: the state has another size than it should have");
    shop.sell();
    CHECK(shop.answer() == "saves_half has sold 4");
}

TEST_CASE("a state of 64 MiB goes over, and stays readable where the host has put it") {
    ReloadShop shop("carries_much");
    CHECK(shop.answer() == "a carries nothing");
    for (const char* const next : {"b", "a", "b"}) {
        const Reloaded record = shop.reload_to(next);
        INFO(record.json);
        CHECK(record.verdict == TENON_RELOADED);
        CHECK(record.state_bytes == std::uint64_t{64} << 20);
    }
    CHECK(shop.answer() == "b carries load 3, 0 words are wrong");
}

TEST_CASE("a state beyond the limit of a scope's memory refuses the reload") {
    tenon_host_options options = reload_options();
    options.arena_limit = std::uint64_t{32} << 20;
    ReloadShop shop("carries_much", "a", options);
    const Reloaded record = shop.reload_to("b");
    INFO(record.json);
    CHECK(record.reason == "reload.state-save");
    CHECK(record.text.find("org.tenon.test.carries-much 1.0.0: save_state failed: ") == 0);
    CHECK(shop.answer() == "a carries nothing");
}

TEST_CASE("a call that goes on for too long keeps the state from being handed over, and is named") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    std::atomic<bool> selling{false}, may_end{false};
    const Moments moments(shop, "selling", [&] {
        selling = true;
        while (!may_end) std::this_thread::yield();
    });
    std::atomic<int> thread{0};
    std::thread customer([&] {
        thread = static_cast<int>(::gettid());
        CHECK(sell_one(shop, "slowly") == TENON_CONTINUE);
    });
    while (!selling) std::this_thread::yield();

    tenon_reload_options options = at_once();
    options.freeze_timeout_ns = 10'000'000;
    shop.put("b");
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_reload(shop.host.raw(), str(shop.id()), &options, nullptr, nullptr, &error) == TENON_E_BUSY);
    const Reloaded record = reloads(shop.host.raw()).back();
    CHECK(record.verdict == TENON_REFUSED);
    CHECK(record.reason == "reload.busy");
    CHECK(record.text == fmt::format("{}: its state cannot be handed over while a call goes on: thread {} in "
                                     "org.tenon.test.shop/sold",
                                     accounts, thread.load()));
    CHECK(record.pause_ns >= options.freeze_timeout_ns);
    CHECK(shop.answer() == "a has sold 3");  // and it is not frozen any more
    may_end = true;
    customer.join();
    CHECK(shop.answer() == "a has sold 4");
    CHECK(shop.reload().verdict == TENON_RELOADED);
    CHECK(shop.answer() == "b has sold 4");
}

TEST_CASE("a call inside a call of the plugin goes on while others wait") {
    ReloadShop shop("keeps_accounts");
    std::atomic<bool> selling{false}, saving_is_wanted{false};
    std::thread customer;
    const Moments inner(shop, "selling", [&] {
        selling = true;
        while (!saving_is_wanted) std::this_thread::yield();
        for (int i = 0; i < 3; ++i) CHECK(sell_one(shop) == TENON_CONTINUE);  // would wait for ever if it waited
    });
    customer = std::thread([&] { CHECK(sell_one(shop, "slowly") == TENON_CONTINUE); });
    while (!selling) std::this_thread::yield();
    tenon_reload_options options = at_once();
    options.freeze_timeout_ns = 30'000'000'000;
    saving_is_wanted = true;
    const Reloaded record = shop.reload_to("b", options);
    customer.join();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(shop.answer() == "b has sold 4");
}

TEST_CASE("a rollback on probation goes back to the state as it was saved") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    tenon_reload_options options = at_once();
    options.probation_ns = 600'000'000'000;
    CHECK(shop.reload_to("second", options).verdict == TENON_ON_PROBATION);
    shop.sell(2);
    CHECK(shop.answer() == "second has sold 5 for 300");
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ROLLED_BACK);
    CHECK(shop.answer() == "a has sold 3");
    shop.sell();
    CHECK(shop.answer() == "a has sold 4");
}

TEST_CASE("a rollback after probation takes the state along, if the build before takes it") {
    ReloadShop shop("keeps_accounts");
    shop.sell(3);
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
    shop.sell(2);
    CHECK(rollback(shop.host.raw(), shop.id()).verdict != TENON_REFUSED);
    CHECK(shop.answer() == "a has sold 5");

    const Reloaded again = shop.reload_to("second");
    INFO(again.json);
    CHECK(again.verdict == TENON_RELOADED);
    const Reloaded record = rollback(shop.host.raw(), shop.id());
    CHECK(record.verdict == TENON_REFUSED);
    CHECK(record.reason == "reload.state-schema");
    CHECK(shop.answer() == "second has sold 5 for 500");
}
