// A plugin that breaks down in its worker: what its caller gets, what becomes of the plugin, and that nothing is left.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <tenon/reload.hpp>
#include <thread>

#include <tenon/stats.hpp>
#include "host/worker.h"

#include "tests/worker/yard_host.h"

using namespace tenon;
using namespace tenon::test;
using sandbox_test::eventually;

namespace {

const std::string name = "org.tenon.test.misbehaves 1.0.0: ";

// The process that runs the plugin by now; 0: none does.
pid_t pid_of(YardHost& yard) {
    const YardHost::Answer answer = yard.run<yard_ask_hook>("pid");
    return answer.verdict == TENON_HANDLED ? answer.number : 0;
}

bool runs_again(YardHost& yard) {
    return eventually([&] { return yard.run<yard_ask_hook>("pid").verdict == TENON_HANDLED; });
}

uint32_t state_now(YardHost& yard) {
    return yard.host.plugins()[0].state;
}

// That the host has made of its worker.
std::uint64_t calls_of(YardHost& yard) {
    return stats_of(yard.host.raw()).workers().at(0).calls;
}

// Mappings of files and of memory files; the rest is the allocator's, and stacks.
std::size_t mapped_files() {
    std::ifstream file("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(file, line);) count += line.find(" /") != std::string::npos;
    return count;
}

// Crashes it until it is not started again.
void wear_out(YardHost& yard) {
    for (std::size_t i = 0; i <= host::most_restarts; ++i) {
        CHECK(runs_again(yard));
        CHECK(yard.run<yard_ask_hook>("kill").code == TENON_E_GONE);
    }
    CHECK(eventually([&] { return state_now(yard) == TENON_STATE_QUARANTINED; }));
}

struct Fault {
    const char* how;
    const char* ending;
};
constexpr Fault faults[] = {
    {"crash", "was ended by signal 11 (Segmentation fault)"},
    {"abort", "was ended by signal 6 (Aborted)"},
    {"kill", "was ended by signal 9 (Killed)"},
    {"exit", "exited with status 7"},
    {"overflow", "was ended by signal 11 (Segmentation fault)"},
};

}  // namespace

TEST_CASE("a plugin that breaks down in a call fails the call, and runs again with new state") {
    for (const Fault& fault : faults) {
        INFO(fault.how);
        leaving_nothing([&] {
            YardHost yard;
            REQUIRE(yard.text() == "");
            CHECK(yard.run<yard_ask_hook>().number == 1);
            CHECK(yard.run<yard_ask_hook>().number == 2);
            const YardHost::Answer answer = yard.run<yard_ask_hook>(fault.how);
            CHECK(answer.verdict == TENON_DECLINED);
            CHECK(answer.code == TENON_E_GONE);
            CHECK(answer.text.starts_with(name + "its worker " + fault.ending));
            CHECK(eventually([&] { return yard.log.has(answer.text + "; it is started again"); }));
            YardHost::Answer again;
            CHECK(eventually([&] { return (again = yard.run<yard_ask_hook>()).verdict == TENON_HANDLED; }));
            CHECK(again.number == 1);
            CHECK(eventually([&] { return yard.log.has(name + "its worker runs again"); }));
        });
    }
}

TEST_CASE("a plugin may break down in a handler of any kind") {
    leaving_nothing([] {
        YardHost yard;
        CHECK(yard.run<yard_change_hook>("crash").code == TENON_E_GONE);
        REQUIRE(runs_again(yard));
        CHECK(yard.run<yard_list_hook>("exit").code == TENON_E_GONE);
        REQUIRE(runs_again(yard));
        // What it has promised nobody will answer now.
        const YardHost::Answer later = yard.run<yard_later_hook>("kill");
        CHECK(later.code == TENON_E_GONE);
    });
}

TEST_CASE("a plugin that breaks down before it is started is not loaded, and its row says why") {
    const std::pair<const char*, std::string> steps[] = {{"TENON_TEST_IN_CONSTRUCTOR", ""},
                                                         {"TENON_TEST_IN_CREATE", "create failed: "},
                                                         {"TENON_TEST_IN_START", "start failed: "}};
    for (const auto& step : steps)
        for (const Fault& fault : faults) {
            INFO(step.first << " " << fault.how);
            leaving_nothing([&] {
                const Setting setting(step.first, fault.how);
                YardHost yard;
                CHECK(yard.row().state == TENON_STATE_FAILED);
                CHECK(yard.text().starts_with(name));
                CHECK(yard.text().find(std::string("its worker ") + fault.ending) != std::string::npos);
                CHECK(yard.text().find(step.second) != std::string::npos);
                if (step.second.empty()) CHECK(yard.reason() == "worker.ended");
                CHECK(yard.run<yard_ask_hook>().verdict == TENON_DECLINED);
            });
        }
}

TEST_CASE("a plugin that breaks down while it is destroyed is unloaded all the same") {
    for (const Fault& fault : faults)
        leaving_nothing([&] {
            const Setting setting("TENON_TEST_IN_DESTROY", fault.how);
            YardHost yard;
            const Report gone = yard.host.unload(yard.id());
            CHECK(gone[0].state == TENON_STATE_UNLOADED);
            CHECK(yard.run<yard_ask_hook>().verdict == TENON_DECLINED);
        });
}

TEST_CASE("a plugin that hangs while it is loaded is given up after its time") {
    leaving_nothing([] {
        const Setting setting("TENON_TEST_IN_CONSTRUCTOR", "hang");
        YardHost yard;
        CHECK(yard.reason() == "worker.too-slow");
        CHECK(yard.text() == name + "its worker was ended, because it did not come back within 10 s");
    });
}

TEST_CASE("a call that outlasts its hard budget gives control back, and its worker is ended") {
    for (const char* const how : {"hang", "spin"})
        leaving_nothing([&] {
            YardSettings settings;
            settings.breakers = 0;
            YardHost yard(settings);
            CHECK(yard.run<yard_hurry_hook>().verdict == TENON_HANDLED);
            const pid_t pid = pid_of(yard);
            const YardHost::Answer answer = yard.run<yard_hurry_hook>(how);
            CHECK(answer.code == TENON_E_DEADLINE);
            CHECK(answer.reason == "worker.overrun");
            CHECK(answer.text ==
                  name + "its worker did not answer before the call's hard budget had passed (300 ms), and was ended");
            CHECK(eventually([&] { return sandbox_test::is_dead(pid); }));
            CHECK(eventually([&] { return yard.log.has(answer.text); }));
        });
}

TEST_CASE("a call that outlasts the caller's deadline gives control back, and its worker is ended") {
    leaving_nothing([] {
        YardHost yard;
        const pid_t pid = pid_of(yard);
        yard.scope.reset();
        yard.scope.set_time_left_ns(time_to_begin);
        const YardHost::Answer answer = yard.dispatch<yard_ask_hook>(yard.scope, "hang");
        CHECK(answer.code == TENON_E_DEADLINE);
        CHECK(answer.text == name + "its worker did not answer before the caller's deadline, and was ended");
        CHECK(eventually([&] { return sandbox_test::is_dead(pid); }));
        CHECK(runs_again(yard));
    });
}

TEST_CASE("a worker lives whose call outlasts the caller's deadline in the hands of others") {
    leaving_nothing([] {
        YardHost yard;
        const pid_t pid = pid_of(yard);
        yard.host.hook<yard_inner_hook>().add(
            "late",
            [](void*, tenon_call* call, const void*, void*) {
                while (call->ops->cancelled(call) == 0) std::this_thread::yield();
                ::usleep(20'000);  // more than what a worker has to come back
                return std::int32_t{TENON_DECLINED};
            },
            nullptr);
        yard.scope.reset();
        yard.scope.set_time_left_ns(time_to_begin);
        CHECK(yard.dispatch<yard_ask_hook>(yard.scope, "inside").text.find("was ended") == std::string::npos);
        CHECK(yard.run<yard_ask_hook>().verdict == TENON_HANDLED);
        CHECK(pid_of(yard) == pid);
    });
}

// steps_test.cc has the steps inside of a call.
TEST_CASE("a worker may be killed from outside before a call, in it, and in a dispatch of its own") {
    leaving_nothing([] {
        YardHost yard;
        // Before the call.
        pid_t pid = pid_of(yard);
        ::kill(pid, SIGKILL);
        CHECK(eventually([&] { return sandbox_test::is_dead(pid); }));
        const YardHost::Answer before = yard.run<yard_ask_hook>();
        CHECK((before.verdict == TENON_DECLINED || before.number == 1));
        // In it, while the plugin waits.
        REQUIRE(runs_again(yard));
        pid = pid_of(yard);
        const std::uint64_t calls = calls_of(yard);
        std::thread killer([&] {
            eventually([&] { return calls_of(yard) > calls; });
            ::kill(pid, SIGKILL);
        });
        const YardHost::Answer inside = yard.run<yard_ask_hook>("hang");
        killer.join();
        CHECK(inside.code == TENON_E_GONE);
        // In a dispatch of its own, which the host is just answering.
        REQUIRE(runs_again(yard));
        pid = pid_of(yard);
        auto options = sized<tenon_handler_options>();
        options.name = str("the host's");
        yard.host.hook<yard_inner_hook>().add(
            options,
            [](void* self, tenon_call*, const void*, void*) -> int32_t {
                ::kill(*static_cast<pid_t*>(self), SIGKILL);
                while (!sandbox_test::is_dead(*static_cast<pid_t*>(self))) std::this_thread::yield();
                return TENON_HANDLED;
            },
            &pid);
        const YardHost::Answer nested = yard.run<yard_ask_hook>("inside");
        CHECK(nested.code == TENON_E_GONE);
        CHECK(nested.text == name + "its worker was ended by signal 9 (Killed)");
        CHECK(runs_again(yard));
    });
}

TEST_CASE("while a worker is down its handlers contribute what their hooks declare") {
    leaving_nothing([] {
        YardHost yard;
        CHECK(yard.run<yard_change_hook>("", 1).number == 2);
        CHECK(yard.run<yard_change_closed_hook>("", 1).number == 2);
        wear_out(yard);
        const YardHost::Answer open = yard.run<yard_change_hook>("", 1);
        CHECK(open.verdict == TENON_CONTINUE);
        CHECK(open.number == 1);
        CHECK(open.text == "");
        CHECK(yard.run<yard_change_closed_hook>("", 1).verdict < 0);
        CHECK(yard.run<yard_ask_hook>().verdict == TENON_DECLINED);
        CHECK(yard.run<yard_later_hook>().verdict == TENON_DECLINED);
    });
}

TEST_CASE("handlers that a plugin has added are gone with its worker") {
    leaving_nothing([] {
        YardHost yard;
        CHECK(yard.run<yard_ask_hook>("add").verdict == TENON_HANDLED);
        CHECK(yard.run<yard_added_hook>("", 1).number == 2);
        yard.run<yard_ask_hook>("crash");
        REQUIRE(runs_again(yard));
        CHECK(yard.run<yard_added_hook>("", 1).number == 1);
        CHECK(yard.run<yard_ask_hook>("add").verdict == TENON_HANDLED);
        CHECK(yard.run<yard_added_hook>("", 1).number == 2);
    });
}

TEST_CASE("a plugin whose workers end too often stays down, and its row says why") {
    leaving_nothing([] {
        YardHost yard;
        wear_out(yard);
        const Report report = yard.host.plugins();
        CHECK(std::string(view(report[0].reason)) == "worker.quarantined");
        CHECK(std::string(view(report[0].text)) ==
              name + "its workers have ended 4 times within a minute; the last time: " + name +
                  "its worker was ended by signal 9 (Killed)");
        CHECK(std::string(view(report[0].fix)) == "Mend the plugin, and reload or load it again.");
        CHECK(yard.log.has("it stays down, because that happens too often"));
        CHECK(pid_of(yard) == 0);
    });
}

TEST_CASE("a quarantined plugin is unloaded, and runs when it is loaded again") {
    leaving_nothing([] {
        YardHost yard;
        wear_out(yard);
        CHECK(yard.host.unload(yard.id())[0].state == TENON_STATE_UNLOADED);
        const Report again = yard.host.load(std::string(TENON_FIXTURES) + "/worker/misbehaves.so");
        CHECK(again.all_active());
        CHECK(yard.run<yard_ask_hook>().number == 1);
    });
}

TEST_CASE("a quarantined plugin runs when it is reloaded") {
    leaving_nothing([] {
        YardHost yard;
        wear_out(yard);
        const Reloaded what = reload(yard.host.raw(), yard.id());
        INFO(what.text);
        CHECK(what.verdict == TENON_ON_PROBATION);
        CHECK(yard.run<yard_ask_hook>().number == 1);
    });
}

TEST_CASE("a plugin whose worker cannot be started again is tried again, and stays down in the end") {
    leaving_nothing([] {
        const auto folder = std::filesystem::temp_directory_path() / ("tenon-worker-" + std::to_string(::getpid()));
        std::filesystem::create_directory(folder);
        YardSettings settings;
        settings.worker = (folder / "tenon-worker").string();
        std::filesystem::copy_file(REAL_WORKER, settings.worker);
        {
            YardHost yard(settings);
            CHECK(yard.run<yard_ask_hook>().number == 1);
            std::filesystem::remove_all(folder);
            yard.run<yard_ask_hook>("kill");
            CHECK(eventually([&] { return state_now(yard) == TENON_STATE_QUARANTINED; }));
            const std::string text(view(yard.host.plugins()[0].text));
            CHECK(text.find("No such file or directory") != std::string::npos);
        }
    });
}

TEST_CASE("a breaker lets no call through to try where there is no worker") {
    leaving_nothing([] {
        const auto folder = std::filesystem::temp_directory_path() / ("tenon-probes-" + std::to_string(::getpid()));
        std::filesystem::create_directory(folder);
        YardSettings settings;
        settings.worker = (folder / "tenon-worker").string();
        settings.operator_file = (folder / "operator.toml").string();
        settings.breakers = 0;
        std::filesystem::copy_file(REAL_WORKER, settings.worker);
        std::ofstream(settings.operator_file) << "[breaker]\nopen = '1 ms'\nmax_open = '1 ms'\n";
        YardHost yard(settings);
        std::filesystem::remove_all(folder);
        CHECK(yard.run<yard_ask_hook>("kill").code == TENON_E_GONE);
        int tried = 0;
        CHECK(eventually([&] {
            tried += yard.run<yard_ask_hook>().code != 0 ? 1 : 0;
            return state_now(yard) == TENON_STATE_QUARANTINED;
        }));
        CHECK(tried == 0);
    });
}

TEST_CASE("without the program there is no worker, and the row says what is missing") {
    YardSettings settings;
    settings.worker = "/nowhere/tenon-worker";
    YardHost yard(settings);
    CHECK(yard.reason() == "worker.not-started");
    CHECK(yard.text() ==
          "/nowhere/tenon-worker: the worker process cannot be started: posix_spawn: No such file or directory");
}

TEST_CASE("a promise that nobody waits for any more is given up when its plugin is unloaded") {
    leaving_nothing([] {
        YardHost yard;
        yard.scope.reset();
        yard.scope.set_time_left_ns(time_to_begin);
        CHECK(yard.dispatch<yard_later_hook>(yard.scope).verdict == TENON_E_DEADLINE);
        yard.scope.reset();
        CHECK(yard.host.unload(yard.id())[0].state == TENON_STATE_UNLOADED);
    });
}

TEST_CASE("who waits for a promise when its plugin is unloaded is told that its worker has ended") {
    leaving_nothing([] {
        YardSettings settings;
        settings.drain_timeout_ns = 80'000'000;
        YardHost yard(settings);
        const std::uint64_t before = calls_of(yard);
        YardHost::Answer answer;
        std::thread waiting([&] { answer = yard.run<yard_later_hook>(); });
        CHECK(eventually([&] { return calls_of(yard) > before; }));
        CHECK(yard.host.unload(yard.id())[0].state == TENON_STATE_UNLOADED);
        waiting.join();
        CHECK(answer.code == TENON_E_GONE);
        CHECK(answer.text == name + "its worker has ended");
    });
}

TEST_CASE("an answer that the contract does not describe fails its call, and the worker lives") {
    leaving_nothing([] {
        YardHost yard;
        const pid_t pid = pid_of(yard);
        const YardHost::Answer answer = yard.run<yard_ask_hook>("latin");
        CHECK(answer.code == TENON_E_INVALID);
        CHECK(answer.reason == "worker.bad-reply");
        CHECK(answer.text == name + "yard_item.text is not UTF-8");
        CHECK(pid_of(yard) == pid);
    });
}

TEST_CASE("a value that is larger than what may cross fails its call, and the worker lives") {
    leaving_nothing([] {
        YardHost yard;
        const pid_t pid = pid_of(yard);
        auto question = sized<yard_item>();
        question.text = {nullptr, 5};  // points nowhere
        auto reply = sized<yard_item>();
        yard.scope.reset();
        CHECK(tenon_hook_call(yard.host.hook<yard_ask_hook>().raw(), yard.scope.raw(), &question, &reply) ==
              TENON_DECLINED);
        REQUIRE(yard.scope.error_count() == 1);
        const tenon_error error = yard.scope.error(0);
        CHECK(std::string_view(error.reason) == "worker.cannot-cross");
        CHECK(std::string(error.text) == name + "what it is called with has a list or text that points nowhere");
        CHECK(pid_of(yard) == pid);
    });
}

TEST_CASE("threads of the host on one worker all get answers") {
    for (const char* const plugin : {"misbehaves", "misbehaves_in_turn"})
        leaving_nothing([&] {
            YardSettings settings;
            settings.plugin = plugin;
            YardHost yard(settings);
            REQUIRE(yard.text() == "");
            constexpr std::size_t most = 8;
            std::array<std::atomic<int>, most> answers{};
            std::atomic<int> wrong{0};
            std::vector<std::thread> callers;
            // Each goes on until all have made progress: a thread that is passed over would keep them for ever.
            const auto all_have = [&](int many) {
                for (const auto& one : answers)
                    if (one.load() < many) return false;
                return true;
            };
            std::atomic<bool> stop{false};
            for (std::size_t i = 0; i < most; ++i)
                callers.emplace_back([&, i] {
                    Scope scope(yard.host);
                    while (!stop.load()) {
                        if (yard.run_in<yard_ask_hook>(scope).verdict != TENON_HANDLED) ++wrong;
                        ++answers[i];
                    }
                });
            CHECK(eventually([&] { return all_have(200); }));
            stop = true;
            for (std::thread& caller : callers) caller.join();
            CHECK(wrong == 0);
        });
}

TEST_CASE("a caller whose deadline passes while it waits for a lane goes away, and the worker lives") {
    leaving_nothing([] {
        YardSettings settings;
        settings.plugin = "misbehaves_in_turn";
        YardHost yard(settings);
        const pid_t pid = pid_of(yard);
        Scope other(yard.host);
        std::atomic<bool> done{false};
        std::thread busy([&] {
            yard.run_in<yard_ask_hook>(other, "doze");
            done = true;
        });
        YardHost::Answer answer;
        // The other's call may not have begun yet; it does not end before it is cancelled.
        CHECK(eventually([&] {
            yard.scope.reset();
            yard.scope.set_time_left_ns(5'000'000);
            return (answer = yard.dispatch<yard_ask_hook>(yard.scope)).code == TENON_E_DEADLINE;
        }));
        CHECK_FALSE(done.load());
        other.cancel();
        busy.join();
        CHECK(pid_of(yard) == pid);
    });
}

TEST_CASE("a caller whose deadline passes while all lanes are busy is told so, and the worker lives") {
    leaving_nothing([] {
        YardHost yard;
        const pid_t pid = pid_of(yard);
        std::vector<std::unique_ptr<Scope>> scopes;
        std::vector<std::thread> busy;
        for (std::uint32_t i = 0; i < sandbox::most_lanes; ++i) {
            Scope& scope = *scopes.emplace_back(std::make_unique<Scope>(yard.host));
            scope.reset();
            busy.emplace_back([&yard, &scope] { yard.dispatch<yard_ask_hook>(scope, "doze"); });
        }
        // Each call has a lane of its own, beside that of the life cycle, and none ends before it is cancelled.
        CHECK(eventually([&] { return stats_of(yard.host.raw()).workers().at(0).lanes == sandbox::most_lanes + 1; }));
        yard.scope.reset();
        yard.scope.set_time_left_ns(5'000'000);
        const YardHost::Answer answer = yard.dispatch<yard_ask_hook>(yard.scope);
        CHECK(answer.code == TENON_E_DEADLINE);
        CHECK(answer.reason == "worker.busy");
        CHECK(answer.text == name + "all lanes of its worker were busy");
        for (const auto& scope : scopes) scope->cancel();
        for (std::thread& one : busy) one.join();
        CHECK(pid_of(yard) == pid);
    });
}

// How often, TENON_TEST_CYCLES says; without it, often enough to see what each time leaves behind. Each time counts
// one restart, and the first pause before it; loaded anew, the plugin never comes to stay down.
TEST_CASE("workers that crash and are started again leave nothing behind") {
    const char* const wish = std::getenv("TENON_TEST_CYCLES");
    const int cycles = wish != nullptr ? std::atoi(wish) : 200;
    const auto folder = std::filesystem::temp_directory_path() / ("tenon-cycles-" + std::to_string(::getpid()));
    const auto files = [&] {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& file : std::filesystem::recursive_directory_iterator(folder)) ++count;
        return count;
    };
    std::filesystem::create_directory(folder);
    leaving_nothing([&] {
        YardSettings settings;
        settings.private_folder = folder.string();
        YardHost yard(settings);
        CHECK(yard.run<yard_ask_hook>("kill").code == TENON_E_GONE);
        REQUIRE(runs_again(yard));
        const Holdings first;
        const std::size_t files_at_first = files(), mapped_at_first = sandbox_test::mappings(),
                          mapped_files_at_first = mapped_files();
        for (int i = 0; i < cycles; ++i) {
            yard.host.unload(yard.id());
            REQUIRE(yard.host.load(std::string(TENON_FIXTURES) + "/worker/misbehaves.so").all_active());
            REQUIRE(yard.run<yard_ask_hook>(i % 2 == 0 ? "kill" : "exit").code == TENON_E_GONE);
            REQUIRE(runs_again(yard));
            REQUIRE(stats_of(yard.host.raw()).workers().at(0).restarts == 1);
        }
        const auto processes = [](const Holdings& holdings) {
            return std::count(holdings.children.begin(), holdings.children.end(), ' ');
        };
        CHECK(eventually([&] {
            const Holdings now;
            return now.descriptors == first.descriptors && now.threads == first.threads && now.lanes == first.lanes &&
                   processes(now) == processes(first);
        }));
        CHECK(files() == files_at_first);
        CHECK(eventually([&] { return mapped_files() == mapped_files_at_first; }));
        // Allocators map a little more now and then: an arena for a thread, a piece too large for one. They stop at
        // that; what each time left behind would be far more.
        CHECK(sandbox_test::mappings() <= mapped_at_first + 30);
    });
    CHECK(files() == 0);
    std::filesystem::remove_all(folder);
}

TEST_CASE("a worker never loads another file than the one that was checked") {
    const auto folder = std::filesystem::temp_directory_path() / ("tenon-changed-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    const std::filesystem::path fixtures = std::string(TENON_FIXTURES) + "/worker", first = folder / "misbehaves.so",
                                second = folder / "misbehaves_in_turn.so";
    std::filesystem::copy_file(fixtures / "misbehaves.so", first);
    std::filesystem::copy_file(fixtures / "misbehaves_in_turn.so", second);
    {
        const Setting setting("TENON_TEST_IN_CREATE", "exit");
        SharedLog log;
        // The first plugin fails, and then somebody puts another file in the place of the second.
        log.at_line = [&](const std::string& line) {
            if (!line.starts_with("org.tenon.test.misbehaves: ") || line.find("create failed") == std::string::npos)
                return;
            std::filesystem::remove(second);
            std::filesystem::copy_file(first, second);
        };
        auto options = sized<tenon_host_options>();
        options.trust = TENON_TRUST_TRUSTED;
        options.log = SharedLog::write;
        options.log_data = &log;
        options.workers = TENON_WORKERS_ALL;
        tenon::Host host(options);
        host.offer<yard_contract>();
        const Report report = host.load(folder.string());
        REQUIRE(report.size() == 2);
        const tenon_report_row& row = report[1];
        CHECK(std::string(view(row.plugin)) == "org.tenon.test.misbehaves-in-turn");
        CHECK(std::string(view(row.reason)) == "module.changed");
        CHECK(std::string(view(row.text)).ends_with(": is not the file that was checked as " + second.string()));
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("a worker is not started again with another file than the one that was checked") {
    const auto folder = std::filesystem::temp_directory_path() / ("tenon-swapped-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder);
    leaving_nothing([&] {
        YardSettings settings;
        settings.private_folder = folder.string();
        YardHost yard(settings);
        CHECK(yard.run<yard_ask_hook>().number == 1);
        for (const auto& file : std::filesystem::recursive_directory_iterator(folder))
            if (file.path().extension() == ".so") {
                const std::filesystem::path copy = file.path();
                std::filesystem::remove(copy);
                std::filesystem::copy_file(std::string(TENON_FIXTURES) + "/worker/misbehaves_in_turn.so", copy);
                break;
            }
        yard.run<yard_ask_hook>("kill");
        CHECK(eventually([&] { return state_now(yard) == TENON_STATE_QUARANTINED; }));
        CHECK(std::string(view(yard.host.plugins()[0].text)).find(": is not the file that was checked as ") !=
              std::string::npos);
    });
    std::filesystem::remove_all(folder);
}

TEST_CASE("a call that goes on while its plugin is unloaded is ended with its worker") {
    leaving_nothing([] {
        YardSettings settings;
        settings.drain_timeout_ns = 80'000'000;
        YardHost yard(settings);
        const pid_t pid = pid_of(yard);
        const std::uint64_t before = calls_of(yard);
        YardHost::Answer answer;
        std::thread stuck([&] { answer = yard.run<yard_ask_hook>("hang"); });
        CHECK(eventually([&] { return calls_of(yard) > before; }));
        const Report gone = yard.host.unload(yard.id());
        CHECK(gone[0].state == TENON_STATE_UNLOADED);
        CHECK(std::string(view(gone[0].text)) == "");
        stuck.join();
        CHECK(answer.code == TENON_E_GONE);
        CHECK(answer.reason == "worker.unloaded");
        const std::string text = name + "its worker was ended to unload it, because of calls that went on: thread ";
        CHECK(answer.text.starts_with(text));
        CHECK(answer.text.ends_with(" in org.tenon.test.yard/ask"));
        CHECK(yard.log.has(answer.text));
        CHECK_FALSE(yard.log.has("it is started again"));
        CHECK(sandbox_test::is_dead(pid));
    });
}

TEST_CASE("a host that is killed leaves no worker") {
    int pipe[2];
    REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
    const pid_t host = ::fork();
    REQUIRE(host >= 0);
    if (host == 0) {
        YardHost yard;
        const pid_t worker = pid_of(yard);
        if (::write(pipe[1], &worker, sizeof worker) != sizeof worker) ::_exit(1);
        for (;;) yard.run<yard_ask_hook>("doze");
    }
    pid_t worker = 0;
    REQUIRE(::read(pipe[0], &worker, sizeof worker) == sizeof worker);
    REQUIRE(worker > 0);
    CHECK_FALSE(sandbox_test::is_dead(worker));
    ::kill(host, SIGKILL);
    int status = 0;
    CHECK(::waitpid(host, &status, 0) == host);
    CHECK(eventually([&] { return sandbox_test::is_dead(worker); }));
    ::close(pipe[0]);
    ::close(pipe[1]);
}
