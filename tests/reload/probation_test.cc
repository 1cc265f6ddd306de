// A new build on probation, while the old one stands by.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <tenon/stats.hpp>
#include <thread>

#include "tests/reload/reload_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

// So long that no test sees the end of it.
constexpr std::uint64_t for_ever = 3'600'000'000'000;

tenon_reload_options on_probation(std::uint64_t time_ns = for_ever, std::uint64_t calls = 0) {
    tenon_reload_options options = at_once();
    options.probation_ns = time_ns;
    options.probation_calls = calls;
    return options;
}

Reloaded last(ReloadShop& shop) {
    return reloads(shop.host.raw()).back();
}
Reloaded record_of(ReloadShop& shop, std::uint64_t number) {
    for (const Reloaded& record : reloads(shop.host.raw()))
        if (record.number == number) return record;
    return {};
}
// As the statistics tell.
bool is_open(ReloadShop& shop) {
    tenon_stats* raw = nullptr;
    if (tenon_host_stats(shop.host.raw(), &raw) != TENON_OK) throw std::bad_alloc();
    const Stats stats(raw);
    for (std::uint64_t i = 0; i < stats.size(); ++i)
        if (view(stats[i].plugin) == shop.id() && stats[i].breaker == TENON_BREAKER_OPEN) return true;
    return false;
}
Reloaded wait_for_the_end(ReloadShop& shop) {
    while (last(shop).verdict == TENON_ON_PROBATION) std::this_thread::yield();
    return last(shop);
}

}  // namespace

TEST_CASE("probation ends with its time, and then the old build goes") {
    ReloadShop shop("tells_its_build");
    const Reloaded begun = shop.reload_to("b", on_probation(20'000'000));
    INFO(begun.json);
    CHECK(begun.verdict == TENON_ON_PROBATION);
    const Reloaded record = wait_for_the_end(shop);
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.number == begun.number);
    CHECK(record.phase_ns[TENON_RELOAD_PROBATION] >= 20'000'000);
    CHECK(record.unmapped);
    CHECK(mapped_generations(shop.id()) == 1);
    CHECK(shop.answer() == "b");
}

TEST_CASE("probation ends when enough calls went well") {
    ReloadShop shop("tells_its_build");
    CHECK(shop.reload_to("b", on_probation(for_ever, 50)).verdict == TENON_ON_PROBATION);
    CHECK(mapped_generations(shop.id()) == 2);
    for (int i = 0; i < 49; ++i) CHECK(shop.answer() == "b");
    CHECK(last(shop).verdict == TENON_ON_PROBATION);
    CHECK(shop.answer() == "b");
    CHECK(wait_for_the_end(shop).verdict == TENON_RELOADED);
    CHECK(mapped_generations(shop.id()) == 1);
}

TEST_CASE("a host's mode says how long probation lasts") {
    ReloadShop development("tells_its_build", "a", reload_options(TENON_RELOAD_DEVELOPMENT));
    tenon_host_unwatch(development.host.raw());
    tenon_reload_options options = at_once();
    options.probation_ns = 0;
    CHECK(development.reload_to("b", options).verdict == TENON_ON_PROBATION);
    const Reloaded record = wait_for_the_end(development);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.phase_ns[TENON_RELOAD_PROBATION] >= 500'000'000);
}

TEST_CASE("a build whose breaker opens on probation is rolled back") {
    tenon_host_options options = reload_options();
    options.breakers = 0;
    options.watchdog_period_ns = 0;
    ReloadShop shop("tells_its_build", "a", options);
    CHECK(shop.reload_to("overruns", on_probation()).verdict == TENON_ON_PROBATION);
    while (last(shop).verdict == TENON_ON_PROBATION) static_cast<void>(shop.answer());
    const Reloaded record = last(shop);
    INFO(record.json);
    CHECK(record.verdict == TENON_ROLLED_BACK);
    CHECK(record.reason == "reload.failed-probation");
    CHECK(record.text == "org.tenon.test.tells-its-build 1.0.0: its breaker at org.tenon.test.shop/ask has opened");
    CHECK(record.trigger == "by hand");
    while (shop.answer() != "a") std::this_thread::yield();
}

TEST_CASE("one call that is seen beyond its hard budget is no reason to roll back: nothing has tripped") {
    char words[] = "/tmp/tenon-operator-XXXXXX";
    const int file = ::mkstemp(words);
    REQUIRE(file >= 0);
    const std::string_view text = "[budget]\nsoft = \"1 s\"\nhard = \"1 s\"\n";
    REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(file);
    tenon_host_options options = reload_options();
    options.breakers = 0;
    options.operator_file = str(words);
    ReloadShop shop("takes_its_time", "a", options);
    ::unlink(words);
    std::atomic<bool> enough{false};
    shop.on_price("enough", 0,
                  [&](tenon_call*, shop_article&) { return std::int32_t{enough ? TENON_CHANGED : TENON_CONTINUE}; });
    REQUIRE(shop.host.load(ReloadShop::build_of("runs_the_till", "a")).all_active());
    const Reloaded begun = shop.reload_to("b", on_probation(for_ever, 3));
    CHECK(begun.verdict == TENON_ON_PROBATION);
    CHECK(shop.answer() == "b");
    std::thread customer([&] { CHECK(shop.answer("slowly") == "b"); });
    while (last(shop).verdict == TENON_ON_PROBATION && !is_open(shop)) std::this_thread::yield();
    CHECK(is_open(shop));

    tenon_reload_options others = on_probation(1);  // when that one ends, both have been looked at
    const std::string next = ReloadShop::build_of("runs_the_till", "b");
    others.path = str(next);
    const Reloaded other = tenon::reload(shop.host.raw(), "org.tenon.test.runs-the-till", &others);
    CHECK(other.verdict == TENON_ON_PROBATION);
    while (record_of(shop, other.number).verdict == TENON_ON_PROBATION) std::this_thread::yield();
    CHECK(is_open(shop));
    CHECK(record_of(shop, begun.number).verdict == TENON_ON_PROBATION);
    enough = true;
    customer.join();
    while (record_of(shop, begun.number).verdict == TENON_ON_PROBATION) static_cast<void>(shop.answer());
    CHECK(record_of(shop, begun.number).verdict == TENON_RELOADED);
}

TEST_CASE("a few errors among many calls are no reason to roll back") {
    ReloadShop shop("fails_now_and_then");
    CHECK(shop.reload_to("b", on_probation(for_ever, 100)).verdict == TENON_ON_PROBATION);
    for (int i = 0; i < 100; ++i) static_cast<void>(shop.answer(i % 20 == 19 ? "fail" : "who are you?"));
    const Reloaded record = wait_for_the_end(shop);
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
}

TEST_CASE("another reload on probation trusts the build that is on it") {
    ReloadShop shop("tells_its_build");
    const Reloaded first = shop.reload_to("b", on_probation());
    const Reloaded second = shop.reload_to("c", on_probation());
    CHECK(first.verdict == TENON_ON_PROBATION);
    CHECK(second.verdict == TENON_ON_PROBATION);
    CHECK(record_of(shop, first.number).verdict == TENON_RELOADED);
    CHECK(record_of(shop, first.number).unmapped);
    CHECK(mapped_generations(shop.id()) == 2);
    CHECK(shop.answer() == "c");
    const Reloaded back = rollback(shop.host.raw(), shop.id());
    CHECK(back.verdict == TENON_ROLLED_BACK);
    CHECK(back.number == second.number);
    CHECK(shop.answer() == "b");
}

TEST_CASE("a refused reload on probation leaves the build that is on it serving, and trusted") {
    ReloadShop shop("tells_its_build");
    const Reloaded first = shop.reload_to("b", on_probation());
    CHECK(shop.reload_to("fails_to_start", on_probation()).verdict == TENON_REFUSED);
    CHECK(shop.answer() == "b");
    CHECK(record_of(shop, first.number).verdict == TENON_RELOADED);
}

TEST_CASE("a rollback by hand says so, and is no error") {
    ReloadShop shop("tells_its_build");
    CHECK(shop.reload_to("b", on_probation()).verdict == TENON_ON_PROBATION);
    const Reloaded record = rollback(shop.host.raw(), shop.id());
    INFO(record.json);
    CHECK(record.verdict == TENON_ROLLED_BACK);
    CHECK(record.reason == "reload.rolled-back");
    CHECK(record.text == "org.tenon.test.tells-its-build 1.0.0: rollback by hand");
    CHECK(record.fix == "Nothing is wrong.");
    CHECK(record.trigger == "rollback by hand");
    CHECK(record.unmapped);
    CHECK(shop.answer() == "a");
    CHECK(mapped_generations(shop.id()) == 1);
    CHECK(shop.host.plugins().size() == 1);

    tenon_error error = TENON_ERROR_INIT;  // the build that was rolled back is not the one before
    CHECK(tenon_host_rollback(shop.host.raw(), str(shop.id()), nullptr, nullptr, &error) == TENON_E_STATE);
    CHECK(std::string(error.reason) == "reload.nothing-before");
    CHECK(shop.reload().verdict == TENON_RELOADED);  // the file is the new build's still
    CHECK(shop.answer() == "b");
}

TEST_CASE("rollbacks after probation go to and fro, and the file goes on to be where builds come from") {
    ReloadShop shop("tells_its_build");
    CHECK(shop.reload_to("b").verdict == TENON_RELOADED);
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ON_PROBATION);
    CHECK(shop.answer() == "a");
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ROLLED_BACK);  // of the rollback
    CHECK(shop.answer() == "b");
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ON_PROBATION);
    CHECK(shop.answer() == "a");
    const Reloaded record = shop.reload_to("c");
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(shop.answer() == "c");
    CHECK(rollback(shop.host.raw(), shop.id()).verdict == TENON_ON_PROBATION);
    CHECK(shop.answer() == "a");
}

TEST_CASE("a plugin is unloaded on probation, with the build that stands by") {
    ReloadShop shop("tells_its_build");
    const Reloaded begun = shop.reload_to("b", on_probation());
    shop.host.unload(shop.id());
    CHECK(mapped_generations(shop.id()) == 0);
    CHECK(shop.answer() == "(nobody)");
    CHECK(record_of(shop, begun.number).verdict == TENON_RELOADED);
    CHECK(record_of(shop, begun.number).unmapped);
    tenon_error error = TENON_ERROR_INIT;
    CHECK(tenon_host_rollback(shop.host.raw(), str(shop.id()), nullptr, nullptr, &error) == TENON_E_NOT_FOUND);
}

TEST_CASE("a host that ends on probation leaves nothing mapped") {
    std::string id;
    {
        ReloadShop shop("tells_its_build");
        id = shop.id();
        CHECK(shop.reload_to("b", on_probation()).verdict == TENON_ON_PROBATION);
    }
    CHECK(mapped_generations(id) == 0);
}
