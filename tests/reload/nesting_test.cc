// Reloads while calls are inside of the plugin: for long, for ever, or of one plugin inside another.
#include <atomic>
#include <optional>
#include <thread>

#include "tests/reload/relay_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr const char* busy_text = " 1.0.0 is out of service but stays mapped: thread ";

tenon_reload_options on_probation() {
    tenon_reload_options options = at_once();
    options.probation_ns = 600'000'000'000;
    return options;
}

std::uint64_t serial_that_answers(const RelayHost& relay) {
    Scope scope(*relay.host);
    auto answer = sized<relay_item>();
    return relay.hook<relay_first_hook>()(scope, relay_question(1), answer) == TENON_HANDLED ? answer.serial : 0;
}

bool sleeps(std::int32_t thread) {
    const std::string stat = text_of_file("/proc/self/task/" + std::to_string(thread) + "/stat");
    const std::size_t name_end = stat.rfind(')');
    return name_end != std::string::npos && stat.compare(name_end, 3, ") S") == 0;
}

std::vector<std::uint64_t> serials_added(const RelayHost& relay) {
    Scope scope(*relay.host);
    std::vector<std::uint64_t> all;
    for (const relay_item& one : relay.hook<relay_added_hook>().collect(scope, relay_question(1)))
        all.push_back(one.serial);
    return all;
}

// Somebody else may be loading at this moment: then again.
Reloaded reload_when_it_can(const RelayHost& relay, std::size_t index) {
    for (;;) {
        try {
            return relay.reload(index);
        } catch (const Error& error) {
            if (error.code() != TENON_E_BUSY) throw;
            std::this_thread::yield();
        }
    }
}

}  // namespace

TEST_CASE("a call that is inside when its plugin is reloaded is named, and the code goes when it has returned") {
    RelayHost relay({"relay"});
    StuckCall call(relay);
    const Reloaded record = relay.reload();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK_FALSE(record.unmapped);
    CHECK(record.unmapped_reason == "unload.busy");
    CHECK(record.unmapped_text ==
          relay.file().id() + busy_text + std::to_string(call.thread_id()) + " in org.tenon.test.relay/stays");
    CHECK(serial_that_answers(relay) == 2);
    CHECK(call.serial() == 1);
    CHECK(relay.mapped() == 2);
    call.let_go();
    SECTION("by the host's own thread") {}
    SECTION("by tenon_host_collect") {
        CHECK(comes([&] { return relay.host->collect() == 0; }));
    }
    CHECK(comes([&] { return relay.record(record.number).unmapped; }));
    CHECK(relay.record(record.number).unmapped_reason.empty());
    CHECK(relay.record(record.number).unmapped_text.empty());
    CHECK(relay.mapped() == 1);
}

TEST_CASE("a call that does not return keeps its own build and nothing else") {
    RelayHost relay({"relay", "visitor_one"});
    StuckCall call(relay);
    for (int i = 0; i < 5; ++i) {
        const Reloaded record = relay.reload();
        INFO(record.json);
        CHECK(record.verdict == TENON_RELOADED);
        CHECK(record.unmapped == (i != 0));
        CHECK(serial_that_answers(relay) == relay.file().serial());
    }
    CHECK(relay.mapped() == 2);
    CHECK(relay.reload(1).unmapped);
    CHECK(relay.host->unload(relay.file(1).id())[0].state == TENON_STATE_UNLOADED);
    CHECK(relay.mapped(1) == 0);
    call.let_go();
    CHECK(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 1; }));
}

TEST_CASE("when sixteen builds are kept by calls that do not return, the seventeenth reload is refused") {
    RelayHost relay({"relay"});
    std::vector<std::unique_ptr<StuckCall>> calls;
    for (int i = 0; i < 16; ++i) {
        calls.push_back(std::make_unique<StuckCall>(relay));
        CHECK(relay.reload().verdict == TENON_RELOADED);
    }
    CHECK(relay.mapped() == 17);
    const Reloaded refused = relay.reload();
    INFO(refused.json);
    CHECK(refused.verdict == TENON_REFUSED);
    CHECK(refused.reason == "reload.too-many-retired");
    CHECK(refused.text == "16 generations of plugins are out of service and still mapped");
    CHECK(refused.fix == "Mend what keeps them: the report of tenon_host_plugins names it for each.");
    CHECK(serial_that_answers(relay) == 17);
    calls.back()->let_go();
    CHECK(comes([&] { return relay.mapped() == 16; }));
    CHECK(relay.reload().verdict == TENON_RELOADED);
    for (const auto& call : calls) call->let_go();
    CHECK(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 1; }));
}

TEST_CASE("who stands in line for a plugin that takes one at a time is answered by the build that serves then") {
    RelayHost relay({"relay_in_turn"});
    StuckCall call(relay);
    std::atomic<std::int32_t> waiting_thread{0};
    std::uint64_t serial = 0;
    std::thread waiting([&] {
        waiting_thread = static_cast<std::int32_t>(::gettid());
        serial = serial_that_answers(relay);
    });
    REQUIRE(comes([&] { return waiting_thread != 0 && sleeps(waiting_thread); }));
    const Reloaded record = relay.reload();
    INFO(record.json);
    CHECK(record.verdict == TENON_RELOADED);
    CHECK(record.unmapped_reason == "unload.busy");
    waiting.join();  // without the one before it
    CHECK(serial == 2);
    call.let_go();
    CHECK(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 1; }));
}

TEST_CASE("a plugin is not reloaded from inside its own hook") {
    RelayHost relay({"relay"});
    std::optional<Reloaded> record;
    std::function<void()> ask_back = [&] { record = relay.reload(); };
    relay.hook<relay_asked_back_hook>().add(
        "org.tenon.test.application",
        [](void* self, tenon_call*, const void*, void*) -> std::int32_t {
            (*static_cast<std::function<void()>*>(self))();
            return TENON_CONTINUE;
        },
        &ask_back);
    Scope scope(*relay.host);
    relay.hook<relay_asks_back_hook>()(scope, relay_question(1));
    REQUIRE(record);
    INFO(record->json);
    CHECK(record->verdict == TENON_REFUSED);
    CHECK(record->reason == "reload.from-inside");
    CHECK(record->text ==
          "org.tenon.test.relay 1.0.0 cannot be reloaded from inside its own org.tenon.test.relay/asks_back");
    CHECK(record->fix == "Reload it after the call has returned, or let the host watch its file.");
    CHECK(serial_that_answers(relay) == 1);

    tenon_error error = TENON_ERROR_INIT;
    ask_back = [&] { tenon_host_reload(relay.host->raw(), str(relay.file().id()), nullptr, nullptr, nullptr, &error); };
    relay.hook<relay_asks_back_hook>()(scope, relay_question(1));
    CHECK(error.code == TENON_E_STATE);
    CHECK(std::string(error.reason) == "reload.from-inside");
    CHECK(relay.reload().verdict == TENON_RELOADED);
    CHECK(serial_that_answers(relay) == relay.file().serial());
}

TEST_CASE("another plugin is reloaded from inside a hook") {
    RelayHost relay({"relay", "visitor_one"});
    std::optional<Reloaded> record;
    std::function<void()> ask_back = [&] { record = relay.reload(1); };
    relay.hook<relay_asked_back_hook>().add(
        "org.tenon.test.application",
        [](void* self, tenon_call*, const void*, void*) -> std::int32_t {
            (*static_cast<std::function<void()>*>(self))();
            return TENON_CONTINUE;
        },
        &ask_back);
    Scope scope(*relay.host);
    relay.hook<relay_asks_back_hook>()(scope, relay_question(1));
    REQUIRE(record);
    INFO(record->json);
    CHECK(record->verdict == TENON_RELOADED);
    CHECK(record->unmapped);
}

TEST_CASE("plugins that call each other are reloaded by two threads, with their states, and no call is lost") {
    RelayHost relay({"visitor_one", "visitor_two"});
    constexpr int deep = 6;
    std::atomic<bool> ending{false};
    std::atomic<std::uint64_t> calls{0}, wrong{0}, failed{0};
    const auto visit = [&](auto hook) {
        Scope scope(*relay.host);
        while (!ending) {
            scope.reset();
            relay_item question = relay_question(0);
            question.depth = deep;
            auto answer = sized<relay_item>();
            const std::int32_t verdict = hook(scope, question, answer);
            ++calls;
            failed += scope.error_count();
            wrong += verdict != TENON_HANDLED || answer.number != deep ? 1 : 0;
        }
    };
    std::thread one([&] { visit(relay.hook<relay_visit_one_hook>()); });
    std::thread two([&] { visit(relay.hook<relay_visit_two_hook>()); });
    std::atomic<std::uint64_t> reloaded{0}, busy{0};
    const auto reload = [&](std::size_t index) {
        for (int i = 0; i < (sanitized ? 10 : 40); ++i) {
            const Reloaded record = reload_when_it_can(relay, index);
            if (record.verdict == TENON_RELOADED) ++reloaded;
            if (record.reason == "reload.busy") ++busy;
        }
    };
    std::thread other([&] { reload(1); });
    reload(0);
    other.join();
    ending = true;
    one.join();
    two.join();
    CHECK(calls > 0);
    CHECK(wrong == 0);
    CHECK(failed == 0);
    CHECK(reloaded == (sanitized ? 20u : 80u));
    CHECK(busy == 0);
    // The states have gone along: both together have counted each visit of each call.
    Scope scope(*relay.host);
    relay_item question = relay_question(0);
    question.depth = 1;
    auto by_one = sized<relay_item>(), by_two = sized<relay_item>();
    relay.hook<relay_visit_one_hook>()(scope, question, by_one);
    relay.hook<relay_visit_two_hook>()(scope, question, by_two);
    CHECK(by_one.tally + by_two.tally == calls * deep + 2);
    CHECK(by_one.serial == relay.file(0).serial());
    CHECK(by_two.serial == relay.file(1).serial());
}

TEST_CASE("a plugin that is on probation is unloaded, and nothing of either build stays") {
    RelayHost relay({"relay"});
    CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
    CHECK(relay.mapped() == 2);
    CHECK(relay.host->unload(relay.file().id())[0].state == TENON_STATE_UNLOADED);
    CHECK(relay.mapped() == 0);
    CHECK(serial_that_answers(relay) == 0);
    CHECK(reloads(relay.host->raw()).back().verdict == TENON_RELOADED);
    CHECK(reloads(relay.host->raw()).back().unmapped);
}

TEST_CASE("a plugin is unloaded while another thread reloads it") {
    for (int i = 0; i < (sanitized ? 5 : 20); ++i) {
        RelayHost relay({"relay"});
        std::atomic<bool> begun{false};
        std::atomic<bool> gone{false};
        std::thread reloader([&] {
            while (!gone) {
                begun = true;
                try {
                    relay.reload();
                } catch (const Error& error) {
                    if (error.code() != TENON_E_BUSY && error.code() != TENON_E_NOT_FOUND) throw;
                }
            }
        });
        REQUIRE(comes([&] { return begun.load(); }));
        const bool unloaded = comes([&] {
            try {
                return relay.host->unload(relay.file().id())[0].state == TENON_STATE_UNLOADED;
            } catch (const Error& error) {
                if (error.code() != TENON_E_BUSY) throw;
                return false;
            }
        });
        gone = true;
        reloader.join();
        CHECK(unloaded);
        CHECK(serial_that_answers(relay) == 0);
        CHECK(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 0; }));
    }
}

TEST_CASE("a host is destroyed while a build is on probation") {
    RelayHost relay({"relay"});
    CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
    relay.host.reset();
    CHECK(relay.mapped() == 0);
    CHECK(std::filesystem::is_empty(relay.private_folder.path()));
}

TEST_CASE("a host is destroyed while its own thread reloads") {
    for (int i = 0; i < (sanitized ? 5 : 20); ++i) {
        RelayHost relay({"relay"});
        tenon_watch_options watch = TENON_WATCH_OPTIONS_INIT;
        watch.reload = at_once();
        if (i % 2 == 1) watch.reload.probation_ns = 1'000'000;
        REQUIRE(tenon_host_watch(relay.host->raw(), &watch, nullptr) == TENON_OK);
        relay.file().put_next();
        if (i % 4 >= 2) REQUIRE(comes([&] { return serial_that_answers(relay) == 2; }));
        relay.file().put_next();
        relay.host.reset();
        CHECK(relay.mapped() == 0);
        CHECK(std::filesystem::is_empty(relay.private_folder.path()));
    }
}

TEST_CASE("handlers that a plugin has added while running go over to the new build's, and come back") {
    using Serials = std::vector<std::uint64_t>;
    RelayHost relay({"relay"});
    CHECK(serials_added(relay) == Serials{1});
    CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
    CHECK(serials_added(relay) == Serials{2});
    CHECK(rollback(relay.host->raw(), relay.file().id()).verdict == TENON_ROLLED_BACK);
    CHECK(serials_added(relay) == Serials{1});
    CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
    CHECK(rollback(relay.host->raw(), relay.file().id()).verdict == TENON_ROLLED_BACK);
    CHECK(serials_added(relay) == Serials{1});
    CHECK(relay.reload().verdict == TENON_RELOADED);
    CHECK(serials_added(relay) == Serials{4});
}

TEST_CASE("a handler that came back is removed by the plugin that added it") {
    RelayHost relay({"relay"});
    CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
    CHECK(rollback(relay.host->raw(), relay.file().id()).verdict == TENON_ROLLED_BACK);
    CHECK(serials_added(relay).size() == 1);
    Scope scope(*relay.host);
    relay.hook<relay_remove_added_hook>()(scope);
    CHECK(serials_added(relay).empty());
}

TEST_CASE("a handler that a plugin removes while it stands by does not come back") {
    RelayHost relay({"relay"});
    StuckCall call(relay);
    CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
    call.let_go_and_remove();
    CHECK(serials_added(relay).size() == 1);
    CHECK(rollback(relay.host->raw(), relay.file().id()).verdict == TENON_ROLLED_BACK);
    CHECK(serials_added(relay).empty());
    CHECK(serial_that_answers(relay) == 1);
}

TEST_CASE("a handler is removed by the handle that it had two rollbacks ago") {
    RelayHost relay({"relay"});
    for (int i = 0; i < 2; ++i) {
        CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
        CHECK(rollback(relay.host->raw(), relay.file().id()).verdict == TENON_ROLLED_BACK);
    }
    CHECK(serials_added(relay) == std::vector<std::uint64_t>{1});
    Scope scope(*relay.host);
    relay.hook<relay_remove_added_hook>()(scope);
    CHECK(serials_added(relay).empty());
    CHECK(relay.reload().unmapped);
    CHECK(relay.mapped() == 1);
}

TEST_CASE(
    "a plugin whose thread adds and removes handlers is reloaded and rolled back, and none outlives its removal") {
    RelayHost relay({"toggles"});
    std::atomic<bool> ending{false};
    std::atomic<std::uint64_t> calls{0}, wrong{0}, answers{0};
    std::thread caller([&] {
        Scope scope(*relay.host);
        const auto added = relay.hook<relay_added_hook>();
        while (!ending) {
            scope.reset();
            const std::uint64_t number = ++calls;
            const SpanView<relay_item> all = added.collect(scope, relay_question(number));
            wrong += scope.error_count() + (all.size() > 5 ? 1 : 0);
            for (const relay_item& one : all) {
                ++answers;
                wrong += one.number != number + 1 ? 1 : 0;
            }
        }
    });
    const auto calls_go_on = [&] {
        const std::uint64_t before = answers;
        return comes([&] { return answers > before; });
    };
    for (int i = 0; i < (sanitized ? 5 : 20); ++i) {
        REQUIRE(calls_go_on());
        CHECK(relay.reload(0, on_probation()).verdict == TENON_ON_PROBATION);
        REQUIRE(calls_go_on());
        CHECK(rollback(relay.host->raw(), relay.file().id()).verdict == TENON_ROLLED_BACK);
        REQUIRE(calls_go_on());
        CHECK(relay.reload().verdict == TENON_RELOADED);
    }
    ending = true;
    caller.join();
    CHECK(wrong == 0);
    CHECK(serial_that_answers(relay) == relay.file().serial());
    CHECK(comes([&] { return relay.host->collect() == 0 && relay.mapped() == 1; }));
}
