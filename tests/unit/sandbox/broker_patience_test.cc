// Requests that are cut short: by the deadline of whoever waits for them, and because the plugin goes.
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "sandbox/broker/http.h"
#include "sandbox/broker/lookup.h"
#include "sandbox/broker/processes.h"
#include "sandbox/broker/stop.h"
#include "tests/support/catch.h"
#include "tests/unit/sandbox/http_shop.h"

using namespace tenon;
using namespace tenon::sandbox::broker;

namespace {

constexpr std::uint64_t ms = 1'000'000;

Deadline soon() {
    return base::monotonic_ns() + 50 * ms;
}

// A lookup that does not come back before it is let go; shared with threads that outlive the test case.
struct Slow {
    std::mutex lock;
    std::condition_variable changed;
    unsigned inside = 0;
    bool open = false;

    void let_go() {
        const std::lock_guard<std::mutex> guard(lock);
        open = true;
        changed.notify_all();
    }
    void wait_for(unsigned count) {
        std::unique_lock<std::mutex> guard(lock);
        changed.wait(guard, [&] { return inside == count; });
    }
    static Resolve resolve(const std::shared_ptr<Slow>& slow) {
        return [slow](const std::string&, Deadline) -> base::Result<std::vector<Address>> {
            std::unique_lock<std::mutex> guard(slow->lock);
            ++slow->inside;
            slow->changed.notify_all();
            slow->changed.wait(guard, [&] { return slow->open; });
            --slow->inside;
            slow->changed.notify_all();
            return std::vector{parse_address("192.0.2.1").value()};
        };
    }
};

std::string id_of(const base::Result<Fetched>& result) {
    return result ? "answered" : result.problem().id;
}
std::string id_of(const base::Result<std::vector<Address>>& result) {
    return result ? "found" : result.problem().id;
}
std::string id_of(const base::Result<Ran>& result) {
    return result ? "ran" : result.problem().id;
}

const RunProgram sleeps{"/bin/sleep", {}, ""};
ProcessBroker sleeper() {
    return {{{"/bin/sleep", {"1000"}}}, {}};
}

}  // namespace

TEST_CASE("who may be stopped waits in short stretches, and sees when it is taken back") {
    Stop stop;
    CHECK(Patience{no_deadline, nullptr}.wait_ms() == 60'000);
    CHECK(Patience{no_deadline, &stop}.left_ms() == 60'000);
    CHECK(Patience{no_deadline, &stop}.wait_ms() == 20);
    stop.raise();
    CHECK(Patience{no_deadline, &stop}.stopped());
    stop.lower();
    CHECK_FALSE(Patience{no_deadline, &stop}.stopped());
}

TEST_CASE("a program is killed at the deadline of whoever waits for it, and when its plugin goes") {
    ProcessBroker broker = sleeper();
    CHECK(id_of(broker.run(sleeps, {soon(), nullptr})) == "broker.timeout");
    Stop stop;
    std::string id;
    std::thread waiting([&] { id = id_of(broker.run(sleeps, {no_deadline, &stop})); });
    stop.raise();
    waiting.join();
    CHECK(id == "broker.stopped");
    const auto late = broker.run(sleeps, {no_deadline, &stop});
    REQUIRE_FALSE(late);
    CHECK(late.problem().text == "process:/bin/sleep: was cut short: the plugin is unloaded, or its worker has ended");
    CHECK(late.problem().fix == "ask before the plugin is stopped");
}

TEST_CASE("a server that says nothing is left at the deadline, and when the plugin goes") {
    sandbox_test::HttpShop silent([](const sandbox_test::Asked&) { return std::string(); });
    const HttpLibrary library;
    HttpBroker broker(library, {{{"127.0.0.1"}, {"http"}, {silent.port()}, true}}, {});
    const Fetch get{"GET", fmt::format("http://127.0.0.1:{}/", silent.port()), {}, ""};
    CHECK(id_of(broker.fetch(get, {soon(), nullptr})) == "broker.timeout");
    Stop stop;
    std::string id;
    const std::size_t before = silent.visits();
    std::thread waiting([&] { id = id_of(broker.fetch(get, {no_deadline, &stop})); });
    while (silent.visits() == before) std::this_thread::yield();
    stop.raise();
    waiting.join();
    CHECK(id == "broker.stopped");
}

TEST_CASE("a name lookup that does not come back is left behind at the deadline, and when the plugin goes") {
    const auto slow = std::make_shared<Slow>();
    const LookUp look_up = lookups_of(Slow::resolve(slow));
    const auto late = look_up("shop.test", {soon(), nullptr});
    REQUIRE_FALSE(late);
    CHECK(late.problem().id == "broker.timeout");
    CHECK(late.problem().text == "no address of shop.test was found in time");
    slow->wait_for(1);
    Stop stop;
    std::string id;
    std::thread waiting([&] { id = id_of(look_up("shop.test", {no_deadline, &stop})); });
    slow->wait_for(2);
    stop.raise();
    waiting.join();
    CHECK(id == "broker.stopped");
    slow->let_go();
    slow->wait_for(0);
    CHECK(id_of(look_up("shop.test", {})) == "found");
}

TEST_CASE("one plugin has only so many lookups at once, abandoned ones too, and is told so; others have theirs") {
    const auto slow = std::make_shared<Slow>();
    const LookUp one = lookups_of(Slow::resolve(slow));
    const LookUp again = one;  // of the same plugin
    for (unsigned i = 0; i < most_lookups_of_one; ++i)
        CHECK(id_of((i % 2 == 0 ? one : again)("shop.test", {base::monotonic_ns() + ms, nullptr})) == "broker.timeout");
    slow->wait_for(most_lookups_of_one);
    const auto late = again("shop.test", {soon(), nullptr});
    REQUIRE_FALSE(late);
    CHECK(late.problem().id == "broker.timeout");
    CHECK(late.problem().text == "shop.test was not looked up in time: too many names are being looked up");
    CHECK(late.problem().fix ==
          "ask for fewer names at once, and look at the name servers of this machine (/etc/resolv.conf)");
    const auto quick = [](const std::string&, Deadline) -> base::Result<std::vector<Address>> {
        return std::vector{parse_address("192.0.2.1").value()};
    };
    CHECK(id_of(lookups_of(quick)("shop.test", {})) == "found");
    slow->let_go();
    CHECK(id_of(one("shop.test", {})) == "found");
    slow->wait_for(0);
}

TEST_CASE("only so many lookups go on at once: who comes then waits for one to end") {
    const auto slow = std::make_shared<Slow>();
    for (unsigned i = 0; i < most_lookups; ++i)
        CHECK(id_of(lookups_of(Slow::resolve(slow))("shop.test", {base::monotonic_ns() + ms, nullptr})) ==
              "broker.timeout");
    slow->wait_for(most_lookups);
    const LookUp another = lookups_of(Slow::resolve(slow));
    const auto late = another("shop.test", {soon(), nullptr});
    REQUIRE_FALSE(late);
    CHECK(late.problem().id == "broker.timeout");
    CHECK(late.problem().text == "shop.test was not looked up in time: too many names are being looked up");
    {
        const std::lock_guard<std::mutex> guard(slow->lock);
        CHECK(slow->inside == most_lookups);
    }
    std::string id;
    std::thread waiting([&] { id = id_of(another("shop.test", {})); });
    slow->let_go();
    waiting.join();
    CHECK(id == "found");
    slow->wait_for(0);
}
