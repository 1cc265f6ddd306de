// A worker that is killed while it is in the middle of something: whoever waits for it is told, the host lives and
// keeps nothing, and the plugin runs again. The host kills it itself, when the worker's step has reached it.
#include <signal.h>

#include <functional>
#include <tenon/reload.hpp>
#include <tenon/stats.hpp>
#include <thread>

#include "tests/worker/yard_host.h"

using namespace tenon;
using namespace tenon::test;
using sandbox_test::eventually;

namespace {

const std::string killed = "org.tenon.test.steps 1.0.0: its worker was ended by signal 9 (Killed)";
const std::string weight(std::size_t{1} << 20, ' ');  // far more than a lane's frame has room for

YardSettings steps() {
    YardSettings settings;
    settings.plugin = "steps";
    return settings;
}

void kill_now(pid_t pid) {
    ::kill(pid, SIGKILL);
    CHECK(eventually([&] { return sandbox_test::is_dead(pid); }));
}

// Kills the worker that says that it is in this step, once, and has the host go on when it is dead.
struct Killer {
    Killer(YardHost& yard, std::string its_step) : step(std::move(its_step)) {
        yard.host.hook<yard_inner_hook>().add("the killer", inner, this);
        yard.host.hook<yard_around_hook>().add("the killer", around, this);
        const tenon_handler_fn methods[] = {pass};
        const tenon_service_table gate = {TENON_STR("org.tenon.test.gate/1"), methods, 1};
        REQUIRE(tenon_host_provide(yard.host.raw(), &gate, this, nullptr) == TENON_OK);
    }
    const std::string step;
    std::string answer{};                // that the dead worker is given
    std::size_t heard = 0;               // of the text that it came with
    std::function<void()> at_restore{};  // what else happens meanwhile
    pid_t victim = 0;

private:
    void see(const yard_item& item) {
        const std::string_view text = view(item.text), its_step = text.substr(0, text.find(' '));
        if (its_step == "restore_state" && at_restore) at_restore();
        if (its_step != step || victim != 0) return;
        heard = text.size();
        kill_now(victim = item.number);
    }
    static int32_t inner(void* self, tenon_call*, const void* question, void* reply) {
        auto& killer = *static_cast<Killer*>(self);
        killer.see(*static_cast<const yard_item*>(question));
        static_cast<yard_item*>(reply)->text = str(killer.answer);
        return TENON_HANDLED;
    }
    static int32_t pass(void* self, tenon_call*, const void* question, void*) {
        static_cast<Killer*>(self)->see(*static_cast<const yard_item*>(question));
        return TENON_OK;
    }
    // What comes after the plugin's handler has the answer as that left it.
    static int32_t around(void* self, tenon_call*, const void*, void* reply) {
        static_cast<Killer*>(self)->see(*static_cast<const yard_item*>(reply));
        return TENON_HANDLED;
    }
};

bool runs_again(YardHost& yard) {
    return eventually([&] { return yard.run<yard_ask_hook>().verdict == TENON_HANDLED; });
}

void is_killed(const YardHost::Answer& answer) {
    CHECK(answer.code == TENON_E_GONE);
    CHECK(answer.text == killed);
}

// Has a host whose workers are killed when they take the step.
template <class Act>
void with_killer(const std::string& step, Act&& act) {
    INFO(step);
    leaving_nothing([&] {
        const Setting telling("TENON_TEST_TELLS_ITS_PROCESS", "1");
        YardHost yard(steps());
        REQUIRE(yard.text() == "");
        Killer killer(yard, step);
        act(yard, killer);
    });
}

// The call of H in which the step is taken fails, and the next one does not.
template <class H>
void killed_in(const std::string& step, const std::string& text, const std::string& answer = {}) {
    with_killer(step, [&](YardHost& yard, Killer& killer) {
        killer.answer = answer;
        is_killed(yard.run<H>(text));
        CHECK(killer.victim != 0);
        CHECK(killer.heard == (step == "heavy-wish" ? text.size() : step.size()));
        CHECK(runs_again(yard));
        CHECK(yard.run<H>("").verdict >= 0);
    });
}

Reloaded reload_to_next(YardHost& yard) {
    const std::string next = std::string(TENON_FIXTURES) + "/worker/steps_next.so";
    tenon_reload_options options = TENON_RELOAD_OPTIONS_INIT;
    options.path = str(next);
    options.flags = TENON_RELOAD_WITHOUT_CANARY;
    return reload(yard.host.raw(), yard.id(), &options);
}

// The reload in which the step is taken is refused, and the old build serves.
void killed_in_reload(const std::string& step, const std::string& reason) {
    with_killer(step, [&](YardHost& yard, Killer& killer) {
        Scope other(yard.host);
        killer.at_restore = [&] { CHECK(yard.run_in<yard_ask_hook>(other, "note").number == 1); };
        const Reloaded what = reload_to_next(yard);
        INFO(what.text);
        CHECK(killer.victim != 0);
        CHECK(what.verdict == TENON_REFUSED);
        CHECK(what.reason == reason);
        CHECK(what.text.ends_with("its worker was ended by signal 9 (Killed)"));
        CHECK(runs_again(yard));
        CHECK(eventually([&] { return reload_to_next(yard).verdict == TENON_ON_PROBATION; }));
    });
}

tenon_worker_stats worker_of(YardHost& yard) {
    return stats_of(yard.host.raw()).workers().at(0);
}

}  // namespace

TEST_CASE("a worker may be killed while it calls a service of the host") {
    killed_in<yard_ask_hook>("service", "service");
}

TEST_CASE("a worker may be killed while it waits for what comes after its handler") {
    killed_in<yard_around_hook>("next", "next");
}

TEST_CASE("a worker may be killed while it emits") {
    leaving_nothing([] {
        YardHost yard(steps());
        const tenon_worker_stats before = worker_of(yard);
        YardHost::Answer answer;
        std::thread caller([&] { answer = yard.run<yard_list_hook>("emit"); });
        // It does nothing else, so that this much can have come from nothing else.
        CHECK(eventually([&] { return worker_of(yard).bytes_in > before.bytes_in + 4096; }));
        kill_now(before.pid);
        caller.join();
        is_killed(answer);
        CHECK(runs_again(yard));
        CHECK(yard.run<yard_list_hook>().code == 0);
    });
}

TEST_CASE("a worker may be killed when it has promised an answer, and its handler has not returned") {
    killed_in<yard_later_hook>("defer", "defer");
}

TEST_CASE("a worker may be killed when it is about to keep a promise") {
    killed_in<yard_later_hook>("complete", "complete");
}

TEST_CASE("a worker may be killed in a call whose question is larger than a lane") {
    killed_in<yard_ask_hook>("heavy-question", "heavy-question" + weight);
}

TEST_CASE("a worker may be killed while it asks for something with more than a lane takes") {
    killed_in<yard_ask_hook>("heavy-wish", "heavy-wish" + weight);
}

TEST_CASE("a worker may be killed before it is given an answer that is larger than a lane") {
    killed_in<yard_ask_hook>("heavy-question", "heavy-question", weight);
}

TEST_CASE("a reload is refused when the worker is killed that saves the state, and that runs again") {
    killed_in_reload("save_state", "reload.state-save");
}

TEST_CASE("a reload is refused when the worker is killed that restores the state") {
    killed_in_reload("restore_state", "reload.state-restore");
}

TEST_CASE("a reload is refused when the worker is killed that applies the journal") {
    killed_in_reload("apply_journal", "reload.state-journal");
}
