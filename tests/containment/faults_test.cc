// A confined plugin that breaks down, hangs or takes too much: its call fails with the reason, the host goes on, and
// the plugin runs again.
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "sandbox/group.h"
#include "sandbox/output.h"
#include "tests/containment/contained.h"
#include "tests/containment/evidence.h"

using namespace tenon::test;
using sandbox_test::eventually;

namespace {

const std::string name = "org.tenon.test.escapist 1.0.0: ";

// What ends a call ends the worker, and nothing else.
template <class Act>
void survived(Act&& act, Walls walls = {}) {
    const Ground ground;
    const Holdings before;
    {
        Prison prison(ground, walls);
        REQUIRE(prison.text() == "");
        const pid_t worker = prison.pid();
        act(prison, worker);
        CHECK(prison.runs_again());
    }
    CHECK(nothing_is_left(before));
}

struct Fault {
    const char* name;
    const char* ending;
};

}  // namespace

TEST_CASE("a confined plugin that breaks down fails its call, with the reason, and runs again") {
    const Fault faults[] = {{"crash", "was ended by signal 11 (Segmentation fault)"},
                            {"overflow", "was ended by signal 11 (Segmentation fault)"},
                            {"abort", "was ended by signal 6 (Aborted)"},
                            {"exit", "exited with status 7"}};
    for (const Fault& fault : faults)
        survived([&](Prison& prison, pid_t worker) {
            INFO(fault.name);
            const Answer answer = prison.attempt(fault.name);
            CHECK(answer.code == TENON_E_GONE);
            CHECK(answer.why.starts_with(name + "its worker " + fault.ending));
            CHECK(eventually([&] { return sandbox_test::is_dead(worker); }));
            CHECK(prison.runs_again());
            CHECK(prison.pid() != worker);
        });
}

TEST_CASE("a confined plugin that outlasts its hard budget is ended, however it does so") {
    for (const char* const fault : {"spin", "hang", "stop", "trap_and_hang"})
        survived(
            [&](Prison& prison, pid_t worker) {
                const Answer answer = prison.hurry(fault);
                INFO(fault << " " << answer.result << " " << answer.error << " " << answer.why);
                CHECK(answer.code == TENON_E_DEADLINE);
                CHECK(answer.why.starts_with(name + "its worker did not answer before the call's hard"));
                CHECK(eventually([&] { return sandbox_test::is_dead(worker); }));
            },
            Walls{.breakers = 0});
}

// Nothing but the budget of each call bounds it: all calls together take more than the budget of one. What it does not
// get is more than one caller's time: the others of its host go on.
TEST_CASE("a confined plugin whose calls stay within their budget, each for itself, is not ended, until one does not") {
    survived(
        [](Prison& prison, pid_t worker) {
            std::atomic<bool> over{false};
            std::atomic<int> dripped{0};
            std::thread caller([&] {
                tenon::Scope own(prison.host);
                while (!over) dripped += prison.drip(own, "dawdle", "40") ? 1 : 0;
            });
            CHECK(eventually([&] { return dripped >= 3; }));
            CHECK(prison.attempt("pid").result == worker);  // on another thread it answers meanwhile
            CHECK(prison.host.plugins()[0].state == TENON_STATE_ACTIVE);
            CHECK(eventually([&] { return dripped * 40 > hurry_ms; }));
            over = true;
            caller.join();
            CHECK(prison.pid() == worker);
            CHECK(prison.hurry("dawdle", "600000").code == TENON_E_DEADLINE);
            CHECK(eventually([&] { return sandbox_test::is_dead(worker); }));
        },
        Walls{.breakers = 0});
}

// Each call is within its budget, and all of them are too much: that is what the share of a thread's time is for. It is
// skipped then, and its worker goes on, in which the plugin has nothing to do.
TEST_CASE(
    "a confined plugin that drips just under its budget is named and skipped, where its share of time is stated") {
    survived(
        [](Prison& prison, pid_t worker) {
            CHECK(eventually([&] { return !prison.hurry("dawdle", "200").answered; }));
            CHECK(prison.log.has("escape/hurry took "));
            CHECK(prison.log.has(" of a thread's time in the last "));
            CHECK(prison.log.has("more than its share of 20 % (1 so far)"));
            CHECK_FALSE(prison.hurry("dawdle", "1").answered);
            CHECK(prison.pid() == worker);
        },
        Walls{.more = "[budget]\nshare = \"20 %\"\n[breaker]\nin_a_row = 1\nopen = \"60 min\"\nmax_open = \"60 min\"",
              .breakers = 0});
}

TEST_CASE("what a confined plugin throws is an error of its call, and its worker goes on") {
    survived([](Prison& prison, pid_t worker) {
        CHECK(prison.attempt("throw").why.find("thrown by the escapist") != std::string::npos);
        CHECK(prison.attempt("throw_number").code < 0);
        CHECK(prison.pid() == worker);
    });
}

TEST_CASE("a confined plugin that jumps to where nothing is any more harms itself only") {
    survived(
        [](Prison& prison, pid_t worker) {
            CHECK(prison.attempt("remember").succeeded());
            const Answer answer = prison.hurry("jump");
            INFO(answer.code << " " << answer.why);
            CHECK((answer.answered || answer.code == TENON_E_GONE || answer.code == TENON_E_DEADLINE));
            if (!answer.answered) CHECK(eventually([&] { return sandbox_test::is_dead(worker); }));
        },
        Walls{.breakers = 0});  // wherever it lands, it does not stay there
}

TEST_CASE("a confined plugin has no more memory than it may, and goes on without") {
    Attempt attempt{"take_memory", limits, ENOMEM};
    attempt.walls.more = "memory = \"256 MiB\"";
    contained(attempt, [](const Ground&, Prison& prison) {
        return Stage{"320", [worker = prison.pid()](const Answer&) {
                         return std::atol(status_of(worker, "VmHWM").c_str()) > 256 * 1024;
                     }};
    });
}

TEST_CASE("a confined plugin has no more descriptors than it may, and goes on without") {
    Attempt attempt{"take_descriptors", limits, EMFILE};
    attempt.walls.more = "files = 64";
    contained(attempt, [](const Ground&, Prison&) {
        return Stage{"100", [](const Answer& answer) { return answer.result == 100; }};
    });
}

// As many as it may in a second, of which it begins one or more, and a line that says how many more there were.
TEST_CASE("a confined plugin that floods the log or its output costs its host no more lines than it may in that time") {
    for (const char* const fault : {"log_much", "print_much"})
        survived([&](Prison& prison, pid_t worker) {
            INFO(fault);
            const auto begun = std::chrono::steady_clock::now();
            CHECK(prison.attempt(fault, "100000").result == 100000);
            CHECK(prison.pid() == worker);
            CHECK(eventually([&] { return prison.log.has("the same again and again"); }));
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
            const auto stretches = static_cast<std::uint64_t>(seconds.count()) + 2;
            CHECK(prison.log.count() <= stretches * (tenon::sandbox::Output::lines_per_second + 1));
        });
}

TEST_CASE("a confined plugin that calls itself through its host ends before the host's stack does") {
    survived([](Prison& prison, pid_t worker) {
        const Answer answer = prison.attempt("recurse");
        CHECK(answer.answered);
        CHECK(answer.result > 1);
        CHECK(answer.result <= std::int64_t{TENON_MAX_DEPTH});
        CHECK(prison.pid() == worker);
    });
}

TEST_CASE("a confined plugin that breaks down in its constructors is not loaded, and its row says why") {
    const Fault faults[] = {{"crash", "was ended by signal 11 (Segmentation fault)"}, {"exit", "exited with status 7"}};
    for (const auto& [fault, ending] : faults) {
        INFO(fault);
        const Ground ground;
        const Holdings before;
        const Setting setting("ESCAPIST_IN_CONSTRUCTOR", fault);
        {
            Walls walls;
            walls.grants = ", \"env:ESCAPIST_IN_CONSTRUCTOR\"";
            Prison prison(ground, walls);
            CHECK(prison.row().state == TENON_STATE_FAILED);
            CHECK(prison.reason() == "worker.ended");
            CHECK(prison.text().starts_with(name + "its worker " + ending));
        }
        CHECK(nothing_is_left(before));
    }
}

TEST_CASE("a confined plugin that hangs in its constructors is given up") {
    const Ground ground;
    const Holdings before;
    const Setting setting("ESCAPIST_IN_CONSTRUCTOR", "hang");
    {
        Walls walls;
        walls.grants = ", \"env:ESCAPIST_IN_CONSTRUCTOR\"";
        Prison prison(ground, walls);
        CHECK(prison.reason() == "worker.too-slow");
        CHECK(prison.text() == name + "its worker was ended, because it did not come back within 10 s");
    }
    CHECK(nothing_is_left(before));
}

TEST_CASE("what a confined plugin may not do it may not do in its constructors either") {
    const Ground ground;
    const Holdings before;
    const Setting setting("ESCAPIST_IN_CONSTRUCTOR", "become_readable");
    {
        Walls walls;
        walls.grants = ", \"env:ESCAPIST_IN_CONSTRUCTOR\"";
        Prison prison(ground, walls);
        const std::string file = "/proc/" + std::to_string(prison.pid()) + "/status";
        struct stat found{};
        CHECK(::stat(file.c_str(), &found) == 0);
        CHECK(found.st_uid == 0);  // root's: the worker is not to be looked into
    }
    CHECK(nothing_is_left(before));
}

TEST_CASE("a confined plugin is in control groups of its own, which go with it") {
    if (!machine_has(tenon::sandbox::own_group_place().has_value(), "control group")) return;
    const Ground ground;
    std::vector<std::string> folders;
    {
        Prison prison(ground);
        const std::string groups = text_of("/proc/" + std::to_string(prison.pid()) + "/cgroup");
        const std::string its = "tenon-worker-" + std::to_string(::getpid()) + "-";
        for (const tenon::sandbox::GroupTree& tree : tenon::sandbox::own_group_place()->trees) {
            if (!tree.memory && !tree.pids) continue;  // no share of processor time was asked for
            const std::size_t line = groups.find(tree.memory ? ":memory:" : ":pids:");
            const std::size_t at = groups.find(its, tree.version == 1 ? line : 0);
            REQUIRE(at != groups.npos);
            folders.push_back(tree.folder + "/" + groups.substr(at, groups.find('\n', at) - at));
            CHECK(text_of(folders.back() + "/cgroup.procs") == std::to_string(prison.pid()) + "\n");
        }
    }
    for (const std::string& folder : folders) CHECK_FALSE(exists(folder));
}

TEST_CASE("a share of processor time is enforced, or the log tells that it is not") {
    const auto& place = tenon::sandbox::own_group_place();
    const bool enforced = place && place->counts(&tenon::sandbox::GroupTree::cpu);
    const Ground ground;
    Prison prison(ground, {.more = "cpu = \"50 %\"\n"});
    CHECK(prison.attempt("pid").answered);
    const std::string told = "there is no control group for it: cpu = \"50 %\" is not enforced";
    if (enforced)
        CHECK_FALSE(prison.log.has(told));
    else
        CHECK(eventually([&] { return prison.log.has(told); }));
}

TEST_CASE("a confined plugin that breaks down again and again stays down") {
    const Ground ground;
    const Holdings before;
    {
        Prison prison(ground);
        CHECK(eventually([&] {
            prison.attempt("crash");
            return prison.host.plugins()[0].state == TENON_STATE_QUARANTINED;
        }));
        CHECK(std::string(tenon::view(prison.host.plugins()[0].reason)) == "worker.quarantined");
        CHECK_FALSE(prison.attempt("pid").answered);
    }
    CHECK(nothing_is_left(before));
}
