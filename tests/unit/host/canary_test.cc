// Plugins that do harm, each tried in a canary.
#include <sys/prctl.h>

#include <thread>

#include "host/time_text.h"
#include "tests/unit/host/canary_fixture.h"

using namespace tenon;
using namespace tenon::test;

namespace {

constexpr const char* loading = " while the plugin was loaded and started (constructors, create, start)";
constexpr const char* unloading = " while the plugin was stopped and unloaded (stop, destroy, destructors)";
constexpr const char* look =
    "Find the fault with `tenon load` under a debugger, build the plugin anew, and load it again.";

// Tries it with ever more time, until the helper has got to where it hangs.
std::string hung(const std::string& name, const char* where) {
    host::CanaryTask task = task_for(name);
    for (task.timeout_ns = 250'000'000; task.timeout_ns < 100'000'000'000; task.timeout_ns *= 2) {
        const base::Check problem = tried(task);
        REQUIRE(problem);
        if (problem->text.find(where) == std::string::npos) continue;
        CHECK(problem->fix == "Find what it waits for with `tenon load` under a debugger, or give it more time.");
        const std::string text = refusal(problem), time = host::span_text(task.timeout_ns);
        REQUIRE(text.find(time) != std::string::npos);
        return std::string(text).replace(text.find(time), time.size(), "a while");
    }
    return "it never got there";
}

std::string hung_text(const std::string& name, const char* where) {
    return "canary.hung: " + harmful(name) + ": the canary had not come back after a while; it was killed" + where +
           "; it said nothing";
}

// How a process ended that is this one's child, or becomes it.
int signal_that_ended(pid_t number) {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(number), &info, WEXITED) != 0)
        if (errno != EINTR) return -errno;
    return info.si_code == CLD_KILLED ? info.si_status : 0;
}

}  // namespace

TEST_CASE("a plugin that does no harm comes back from the canary, and nothing of it ran here") {
    CHECK(refusal(tried(task_for("does_no_harm"))) == "no problem");
    std::ifstream maps("/proc/self/maps");
    const std::string all((std::istreambuf_iterator<char>(maps)), {});
    CHECK(all.find("does-no-harm") == std::string::npos);
}

TEST_CASE("a constructor that aborts is reported with the signal and its last words, escaped") {
    const base::Check problem = tried(task_for("aborts_in_a_constructor"));
    CHECK(refusal(problem) == "canary.crashed: " + harmful("aborts_in_a_constructor") +
                                  ": the canary crashed with SIGABRT" + loading +
                                  "; its last words:\n    | no paper\n    | in the \\x1b[31mprinter");
    CHECK(problem->fix == look);
}

TEST_CASE("a constructor that exits is reported with the status") {
    const base::Check problem = tried(task_for("exits_in_a_constructor"));
    CHECK(refusal(problem) == "canary.exited: " + harmful("exits_in_a_constructor") +
                                  ": the canary exited with status 3" + loading + "; it said nothing");
    CHECK(problem->fix == look);
}

TEST_CASE("a constructor, a create and a stop that never return are killed after the time there is") {
    CHECK(hung("spins_in_a_constructor", loading) == hung_text("spins_in_a_constructor", loading));
    CHECK(hung("spins_in_create", loading) == hung_text("spins_in_create", loading));
    CHECK(hung("spins_in_stop", unloading) == hung_text("spins_in_stop", unloading));
}

TEST_CASE("a crash in start, in destroy and in a destructor is told from one another by where the plugin was") {
    const auto crash = [](const std::string& name, const char* where) {
        return "canary.crashed: " + harmful(name) + ": the canary crashed with SIGSEGV" + where + "; it said nothing";
    };
    CHECK(refusal(tried(task_for("breaks_in_start"))) == crash("breaks_in_start", loading));
    CHECK(refusal(tried(task_for("breaks_in_destroy"))) == crash("breaks_in_destroy", unloading));
    CHECK(refusal(tried(task_for("breaks_in_a_destructor"))) == crash("breaks_in_a_destructor", unloading));
}

TEST_CASE("a start that fails with words is a refusal, and no line of them can pass for one of the host's") {
    const base::Check problem = tried(task_for("says_no_in_start"));
    CHECK(refusal(problem) ==
          "canary.refused: " + harmful("says_no_in_start") +
              ": the canary's host refused the plugin: plugin.start-failed: "
              "org.tenon.test.says-no-in-start 1.0.0: start failed: no licence\n    | for this shop");
    CHECK(problem->fix == "The plugin said no itself; see its documentation.");
}

TEST_CASE("of much that a plugin writes the last 4 KiB are kept") {
    const base::Check problem = tried(task_for("talks_and_dies_in_a_constructor"));
    REQUIRE(problem);
    CHECK(problem->id == "canary.crashed");
    CHECK(problem->text.find("; its last words:\n    | ...") != std::string::npos);
    CHECK(problem->text.ends_with("\n    | line 9998\n    | line 9999"));
    CHECK(problem->text.find("line 9000") == std::string::npos);
    CHECK(problem->text.size() < 12'000);
}

TEST_CASE("what a plugin needs is started before it, and is told from it when it fails") {
    host::CanaryTask task = task_for("needs_another");
    CHECK(refusal(tried(task)) == "canary.refused: " + task.library +
                                      ": the canary's host refused the plugin: plan.dependency-missing: "
                                      "org.tenon.test.needs-another 1.0.0 (" +
                                      task.library + ") needs org.tenon.test.does-no-harm ^1; no plugin has this id");
    task.before = {harmful("does_no_harm")};
    CHECK(refusal(tried(task)) == "no problem");

    task.before = {harmful("does_no_harm"), harmful("says_no_in_start")};
    CHECK(refusal(tried(task))
              .starts_with("canary.refused: " + task.library + ": the canary's host refused " + task.before[1] +
                           ", which it needs: plugin.start-failed: "));
    task.before = {harmful("breaks_in_start")};
    CHECK(refusal(tried(task)) == "canary.crashed: " + task.library + ": the canary crashed with SIGSEGV while " +
                                      task.before[0] + ", which it needs, was loaded and started; it said nothing");
}

TEST_CASE("the canary's host is the application: its contracts, its id and its version") {
    host::CanaryTask task = task_for("does_no_harm");
    task.host_version = "3.0.0";
    CHECK(refusal(tried(task)) == "canary.refused: " + task.library +
                                      ": the canary's host refused the plugin: plan.host: "
                                      "org.tenon.test.does-no-harm 1.0.0 (" +
                                      task.library +
                                      ") is for org.tenon.test.host ^2.0; this host is org.tenon.test.host 3.0.0");
    task.host_version = "no version";
    const base::Check no_version = tried(task);
    CHECK(refusal(no_version)
              .starts_with("canary.refused: " + task.library +
                           ": the canary's host refused what the application offers: host.bad-options: "));

    task = task_for("does_no_harm");
    task.contracts.front().name[0] = '?';
    CHECK(refusal(tried(task))
              .starts_with("canary.refused: " + task.library +
                           ": the canary's host refused what the application offers: contract."));
    task.contracts.clear();
    CHECK(refusal(tried(task)) == "canary.refused: " + task.library +
                                      ": the canary's host refused the plugin: plan.contract-missing: "
                                      "org.tenon.test.does-no-harm 1.0.0 (" +
                                      task.library + ") needs contract org.tenon.test.shop ^1.0; nobody offers it");
}

TEST_CASE("a library that is not there is refused with the path") {
    const host::CanaryTask task = task_for("is_not_there");
    CHECK(refusal(tried(task)) == "canary.refused: " + task.library +
                                      ": the canary's host refused the plugin: file.unreadable: " + task.library +
                                      ": cannot be read: No such file or directory");
}

TEST_CASE("a helper that somebody kills is a crash, and the fix says who it may have been") {
    const Fifo fifo;
    std::thread killer([&] {
        if (const pid_t number = fifo.number(); number > 0) ::kill(number, SIGKILL);
    });
    const base::Check problem = tried(task_for("spins_in_a_constructor"));
    killer.join();
    CHECK(refusal(problem) == "canary.crashed: " + harmful("spins_in_a_constructor") +
                                  ": the canary crashed with SIGKILL" + loading + "; it said nothing");
    CHECK(problem->fix == "Somebody killed the helper: a person, a limit, or the kernel for want of memory.");
}

TEST_CASE("a process that a plugin starts and leaves ends with the canary, and keeps nobody waiting") {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // it would be somebody else's to collect
    const Fifo fifo;
    const TemporaryFolder temporary;
    const Variable here("TMPDIR", temporary.path());
    CHECK(refusal(host::try_in_canary(task_for("leaves_a_process"))) == "no problem");
    const pid_t number = fifo.number();
    REQUIRE(number > 0);
    CHECK(signal_that_ended(number) == SIGKILL);
    CHECK_FALSE(has_children());
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_CASE("the canary dies with its host") {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    const Fifo fifo;
    const TemporaryFolder temporary;  // nobody is left to remove what is in it
    const Variable here("TMPDIR", temporary.path());
    const host::CanaryTask task = task_for("spins_in_a_constructor");
    const pid_t host = ::fork();
    if (host == 0) {
        host::try_in_canary(task);
        ::_exit(0);
    }
    REQUIRE(host > 0);
    const pid_t number = fifo.number();
    ::kill(host, SIGKILL);
    CHECK(signal_that_ended(host) == SIGKILL);
    REQUIRE(number > 0);
    CHECK(signal_that_ended(number) == SIGKILL);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_CASE("where an application ignores its children, what the canary answered decides") {
    const auto old = ::signal(SIGCHLD, SIG_IGN);
    CHECK(refusal(tried(task_for("does_no_harm"))) == "no problem");
    CHECK(refusal(tried(task_for("aborts_in_a_constructor")))
              .starts_with("canary.exited: " + harmful("aborts_in_a_constructor") +
                           ": the canary exited in a way that is not known, because this application collects the "
                           "status of all its children," +
                           loading));
    CHECK(refusal(tried(task_for("says_no_in_start"))).starts_with("canary.refused: "));
    CHECK(hung("spins_in_a_constructor", loading) == hung_text("spins_in_a_constructor", loading));
    ::signal(SIGCHLD, old);
}

TEST_CASE("a plugin that writes on the canary's line is caught at it") {
    const host::CanaryTask task = task_for("scribbles_in_a_constructor");
    const base::Check problem = tried(task);
    CHECK(refusal(problem) == "canary.garbled: " + task.library + ": the canary " + task.helper + " was killed" +
                                  loading + ": it answered \"hello, world\", which is no answer");
    CHECK(problem->fix ==
          "Check that the helper is the tenon-canary of this release, and that the plugin writes to no descriptor that "
          "it did not open.");
}
