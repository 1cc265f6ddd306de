// The real worker, bound by a policy.
#include "tests/unit/sandbox/confined_worker.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "tests/fixtures/worker/yard.h"
#include "tests/support/machine_has.h"

using namespace sandbox_test;
using sandbox::Level;

namespace {

struct Started {
    std::string problem;  // why it was not loaded, with its id
    std::string said;     // why it was not created
    std::string output;
    std::uint64_t took_ns = 0;  // from the start of the process until the plugin is loaded
    bool created = false;
    std::vector<std::int32_t> answers;  // of ask, a number more than it was asked
};

constexpr int callers = 40;

// Of as many threads at once: each is given a lane of its own.
std::vector<std::int32_t> ask_on_threads(tenon::loader::Module& module, void* self) {
    const auto& handler = *static_cast<const tenon_handler*>(module.entry().handlers.data);
    void* const thunk = module.self_of_handler(0, self);
    std::vector<std::int32_t> answers(callers, -1);
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i)
        threads.emplace_back([&, i] {
            Call call;
            yard_item question{}, answer{};
            question.struct_size = answer.struct_size = sizeof question;
            question.number = i;
            const std::int32_t status = handler.fn(thunk, &call, &question, &answer);
            answers[static_cast<std::size_t>(i)] = status < 0 ? status : answer.number;
        });
    for (std::thread& thread : threads) thread.join();
    return answers;
}

// A plugin in a worker with this policy: loaded, created, and ended.
Started run(const sandbox::ClientOptions& options) {
    sandbox::Workshop workshop;
    Watcher watcher;
    Init init;
    Started started;
    {
        const std::uint64_t begin = tenon::base::monotonic_ns();
        auto client = sandbox::Client::start(workshop, watcher, options);
        REQUIRE(client);
        sandbox::Client* const admitting = client.value().get();
        auto module = sandbox::Client::open(client.take(), options);
        started.took_ns = tenon::base::monotonic_ns() - begin;
        if (!module) {
            started.problem = module.problem().id + ": " + module.problem().text;
        } else {
            tenon::loader::Module held = module.take();
            void* self = held.self();
            started.created = held.entry().lifecycle->create(&init, &self) >= 0;
            started.said = init.said;
            if (started.created && held.entry().lifecycle->start(self, &init) >= 0) {
                admitting->admit();
                started.answers = ask_on_threads(held, self);
            }
            held.close();
        }
    }
    const std::lock_guard guard(watcher.lock);
    started.output = watcher.output + watcher.end;
    return started;
}

Started run(const Copy& copy, const sandbox::Policy& policy) {
    return run(copy.options(policy));
}

}  // namespace

TEST_CASE("an honest C++ plugin works in a confined worker") {
    ::setenv("TENON_TEST_SECRET", "of the host", 1);
    const Copy copy(INSIDE_PLUGIN);
    const Level level = GENERATE(Level::standard, Level::strict, Level::locked);
    CAPTURE(sandbox::to_string(level));
    sandbox::Policy policy = policy_of(level);
    if (level == Level::locked) policy.environment.push_back("TENON_TEST_NO_FILES=");
    const Started started = run(copy, policy);
    CAPTURE(started.output);
    CHECK(started.problem == "");
    CHECK(started.said == "");
    CHECK(started.created);
    std::vector<std::int32_t> expected(callers);
    for (int i = 0; i < callers; ++i) expected[static_cast<std::size_t>(i)] = i + 1;
    CHECK(started.answers == expected);
}

TEST_CASE("calls on many threads at once fit into the ceilings of a strict worker") {
    const Copy copy(INSIDE_PLUGIN);
    sandbox::Policy policy = policy_of(Level::strict);
    policy.ceilings.memory_bytes = 256u << 20;
    policy.ceilings.descriptors = 64;
    policy.ceilings.tasks = 16;
    const Started started = run(copy, policy);
    CAPTURE(started.output);
    CHECK(started.said == "");
    CHECK(started.answers.size() == callers);
    CHECK(std::all_of(started.answers.begin(), started.answers.end(), [](std::int32_t answer) { return answer > 0; }));
}

TEST_CASE("a worker that cannot be confined says why, and runs nothing of the plugin") {
    const Copy copy(INSIDE_PLUGIN);
    sandbox::ClientOptions options = copy.options(policy_of(Level::strict));
    options.library = "/nowhere/at/all/plugin.so";
    CHECK(run(options).problem == "sandbox.layer-failed: " + options.origin +
                                      ": its worker cannot be confined: landlock: /nowhere/at/all/: No such file or "
                                      "directory");
}

TEST_CASE("a constructor that wants to keep a thread out of the second filter is found out") {
    const Copy copy(INSIDE_PLUGIN);
    sandbox::Policy policy = policy_of(Level::strict);
    policy.environment = {"TENON_TEST_OWN_FILTER="};
    CHECK(run(copy, policy).problem == "sandbox.layer-failed: " + std::string(INSIDE_PLUGIN) +
                                           ": its worker cannot be confined: seccomp: the second filter of system "
                                           "calls: Device or resource busy");
}

TEST_CASE("a plugin that crashes in a confined worker is named with its functions and its file") {
    const Copy copy(INSIDE_PLUGIN);
    sandbox::Policy policy = policy_of(Level::strict);
    policy.environment = {"TENON_TEST_CRASH="};
    const Started started = run(copy, policy);
    CAPTURE(started.output);
    CHECK_FALSE(started.created);
    CHECK(started.output.find("tenon-worker: ended by SIGSEGV") != std::string::npos);
    CHECK(started.output.find("crash_here") != std::string::npos);
    CHECK(started.output.find("org.tenon.test.inside.g1.") != std::string::npos);
    CHECK(started.output.find("/proc/self/fd") == std::string::npos);
}

TEST_CASE("a plugin that a SIGSYS ends which answers nothing is named, too") {
    const Copy copy(INSIDE_PLUGIN);
    const Level level = GENERATE(Level::standard, Level::strict, Level::locked);
    CAPTURE(sandbox::to_string(level));
    sandbox::Policy policy = policy_of(level);
    policy.environment = {"TENON_TEST_CRASH=SIGSYS"};
    const Started started = run(copy, policy);
    CAPTURE(started.output);
    CHECK_FALSE(started.created);
    CHECK(started.output.find("tenon-worker: ended by SIGSYS") != std::string::npos);
    CHECK(started.output.find("crash_here") != std::string::npos);
}

TEST_CASE("a locked plugin has no files, and so no languages") {
    const Copy copy(INSIDE_PLUGIN);
    const Started started = run(copy, policy_of(Level::locked));
    CHECK(started.problem == "");
    CHECK(started.said == "locale::facet::_S_create_c_locale name not valid");
}

TEST_CASE("a worker that is trusted is not bound, and has what the host has") {
    if (!tenon::test::machine_has(::geteuid() == 0, "root among those who test")) return;  // who else says it otherwise
    ::setenv("TENON_TEST_SECRET", "of the host", 1);
    const Copy copy(INSIDE_PLUGIN);
    CHECK(run(copy, policy_of(Level::trusted)).said ==
          "does not work inside: it sees what the host has in its environment");
    ::unsetenv("TENON_TEST_SECRET");
    CHECK(run(copy, policy_of(Level::trusted)).said == "does not work inside: it is root");
}

// Says how long a start takes; measured on request, judged by nobody.
TEST_CASE("how long a start takes with layers and without", "[.measure]") {
    const Copy copy(INSIDE_PLUGIN);
    const Level level = GENERATE(Level::standard, Level::strict);
    CAPTURE(sandbox::to_string(level));
    for (const std::uint32_t without :
         {sandbox::all_layers, std::uint32_t{sandbox::layer_seccomp}, std::uint32_t{sandbox::layer_namespaces}, 0u}) {
        std::vector<std::uint64_t> times;
        for (int i = 0; i < 50; ++i) {
            sandbox::Policy policy = policy_of(level);
            policy.without = without;
            const Started started = run(copy, policy);
            REQUIRE(started.problem == "");
            times.push_back(started.took_ns / 1000);
        }
        std::sort(times.begin(), times.end());
        WARN("without " << without << ": median " << times[25] << " us, from " << times[0] << " to " << times[49]);
    }
}
