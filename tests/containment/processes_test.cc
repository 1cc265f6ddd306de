// Processes: a confined plugin does nothing to others, and makes none of its own.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string_view>

#include "tests/containment/contained.h"
#include "tests/containment/evidence.h"

using namespace tenon::test;
using sandbox_test::eventually;

namespace {

using Make = std::function<Stage(const Ground&, Prison&)>;

const std::string host = std::to_string(::getpid());

std::string number(auto value) {
    return std::to_string(value);
}

// What the kernel asks of who looks into another process; who is in a user namespace of his own is a stranger, too.
std::uint32_t strangers() {
    return seccomp | landlock | (as_root() ? privileges : namespaces);
}

// A signal to this process, which counts those that come.
Make signalling(const std::string& words) {
    return [=](const Ground&, Prison&) {
        const auto ear = std::make_shared<Ear>(SIGUSR1);
        return Stage{words, [=](const Answer&) { return ear->heard() > 0; }};
    };
}

// Something is done to a process that has nothing to do with it.
Make to_bystander(const std::string& more, std::function<bool(pid_t)> done) {
    return [=](const Ground&, Prison&) {
        const auto other = std::make_shared<Bystander>();
        return Stage{number(other->pid()) + more, [=](const Answer&) { return done(other->pid()); }};
    };
}

// A child of the worker would say so in a file.
Make marking(const std::string& words = "") {
    return [=](const Ground& ground, Prison&) {
        const std::string marker = ground.data() + "/marker";
        return Stage{words + marker, [=](const Answer&) { return text_of(marker) == "child"; }};
    };
}

// A program that would make a file.
Make executing() {
    return [](const Ground& ground, Prison&) {
        const std::string file = ground.data() + "/made";
        return Stage{"/usr/bin/touch " + file, [=](const Answer&) { return exists(file); }};
    };
}

// A word of this process's memory.
Make reading_memory() {
    return [](const Ground&, Prison&) {
        const auto secret = std::make_shared<std::string>(unguessable());
        const std::string words =
            host + " " + number(reinterpret_cast<std::uintptr_t>(secret->data())) + " " + number(secret->size());
        return Stage{words, [=](const Answer& answer) { return answer.text == *secret; }};
    };
}

// A word of another worker's memory, of another host. That one is not bound at all, so who reads is all that is judged.
struct Sibling {
    Ground ground;
    Prison prison{ground,
                  Walls{tenon::sandbox::Level::strict, tenon::sandbox::all_layers, "", "", TENON_BREAKER_METRICS_ONLY}};
    const std::string secret = unguessable();
};
Make reading_sibling() {
    return [](const Ground&, Prison&) {
        const auto sibling = std::make_shared<Sibling>();
        const Answer where = sibling->prison.attempt("hold_secret", sibling->secret);
        REQUIRE(where.answered);
        const std::string words =
            number(sibling->prison.pid()) + " " + where.text + " " + number(sibling->secret.size());
        return Stage{words, [=](const Answer& answer) { return answer.text == sibling->secret; }};
    };
}

}  // namespace

TEST_CASE("a plugin does not read the memory of another worker") {
    contained({"read_memory", strangers(), EPERM}, reading_sibling());
}

TEST_CASE("a plugin does not read another worker's memory as a file") {
    contained({"read_memory_file", landlock | (as_root() ? privileges : namespaces), EACCES}, reading_sibling());
}

// The other wall: what is confined is not to be looked into, by whomever of its user.
TEST_CASE("a confined worker's memory is not read by a worker of the same user that is not confined") {
    if (as_root()) return;  // who may read all
    const Ground ground, other;
    Prison bound(ground), open(other, Walls{tenon::sandbox::Level::strict, tenon::sandbox::all_layers, "", "",
                                            TENON_BREAKER_METRICS_ONLY});
    const std::string secret = unguessable();
    const std::string words =
        number(bound.pid()) + " " + bound.attempt("hold_secret", secret).text + " " + number(secret.size());
    CHECK(open.attempt("read_memory", words).error == EPERM);
    CHECK(open.attempt("read_memory_file", words).error == EACCES);
}

TEST_CASE("a plugin signals nobody") {
    contained({"signal_process", seccomp | landlock_since(6) | if_root(privileges), EPERM},
              signalling(host + " " + number(SIGUSR1)));
}

TEST_CASE("a plugin signals no thread of others") {
    contained({"signal_thread", seccomp | landlock_since(6) | if_root(privileges), EPERM},
              signalling(host + " " + number(SIGUSR1)));
}

TEST_CASE("a plugin signals nobody by a descriptor") {
    contained({"signal_by_descriptor", seccomp | landlock_since(6) | if_root(privileges), EPERM},
              signalling(host + " " + number(SIGUSR1)));
}

TEST_CASE("a plugin does not have signals sent by a pipe") {
    Attempt attempt{"signal_by_pipe", seccomp | landlock_since(6) | if_root(privileges), EPERM};
    attempt.in_vain = landlock | privileges;  // the pipe is set up, but no signal is sent
    contained(attempt, signalling(host + " " + number(SIGUSR1)));
}

// With a signal that means nothing to who does not wait for it: it may reach every process of the machine. That nobody
// could be signalled is no error of this call.
TEST_CASE("a plugin does not signal all that there are") {
    Attempt attempt{"signal_all", seccomp | landlock_since(6) | if_root(privileges), EPERM};
    attempt.in_vain = landlock | privileges;
    contained(attempt, [](const Ground&, Prison& prison) {
        const auto ear = std::make_shared<Ear>(SIGURG, prison.pid());
        return Stage{number(SIGURG), [=](const Answer&) { return ear->heard() > 0; }};
    });
}

TEST_CASE("a plugin traces nobody") {
    contained({"trace", strangers(), EPERM},
              to_bystander("", [](pid_t other) { return status_of(other, "TracerPid") != "0"; }));
}

TEST_CASE("a plugin does not read the memory of its host") {
    contained({"read_memory", strangers(), EPERM}, reading_memory());
}

TEST_CASE("a plugin does not write the memory of its host") {
    contained({"write_memory", strangers(), EPERM}, [](const Ground&, Prison&) {
        const auto word = std::make_shared<std::string>("untouched");
        return Stage{host + " " + number(reinterpret_cast<std::uintptr_t>(word->data())) + " overwritt",
                     [=](const Answer&) { return *word != "untouched"; }};
    });
}

TEST_CASE("a plugin does not read its host's memory as a file") {
    contained({"read_memory_file", landlock | (as_root() ? privileges : namespaces), EACCES}, reading_memory());
}

TEST_CASE("a plugin takes no descriptor of its host") {
    contained({"take_descriptor", strangers(), EPERM}, [](const Ground& ground, Prison&) {
        const std::string file = ground.outside() + "/secret", secret = ground.secret_in(file);
        const auto open = std::make_shared<tenon::base::Fd>(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        return Stage{host + " " + number(open->get()),
                     [=](const Answer& answer) { return open->get() >= 0 && answer.text == secret; }};
    });
}

TEST_CASE("a plugin does not read its host's environment") {
    contained({"read_file", landlock | (as_root() ? privileges : namespaces), EACCES}, [](const Ground&, Prison&) {
        return Stage{"/proc/" + host + "/environ", [](const Answer& answer) {
                         return answer.succeeded() && answer.result > 0 &&
                                answer.result == static_cast<std::int64_t>(text_of("/proc/self/environ").size());
                     }};
    });
}

TEST_CASE("a plugin does not see what its host has open") {
    Attempt attempt{"read_link", landlock | (as_root() ? privileges : namespaces), EACCES};
    attempt.walls.level = tenon::sandbox::Level::standard;  // above, the filter lets no link be read
    contained(attempt, [](const Ground& ground, Prison&) {
        const std::string file = ground.outside() + "/secret";
        ground.secret_in(file);
        const auto open = std::make_shared<tenon::base::Fd>(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
        return Stage{"/proc/" + host + "/fd/" + number(open->get()),
                     [=](const Answer& answer) { return open->get() >= 0 && answer.text == file; }};
    });
}

TEST_CASE("a plugin does not make others wait") {
    const int lower = std::min(::getpriority(PRIO_PROCESS, 0) + 7, 19);  // which a user may set
    contained({"change_priority", seccomp | if_root(privileges), EPERM},
              to_bystander(" " + std::to_string(lower), [lower](pid_t other) {
                  return ::getpriority(PRIO_PROCESS, static_cast<id_t>(other)) == lower;
              }));
}

TEST_CASE("a plugin does not say where others run") {
    cpu_set_t mine;
    ::sched_getaffinity(0, sizeof mine, &mine);
    if (!machine_has(CPU_COUNT(&mine) > 1, "second processor")) return;
    contained({"change_affinity", seccomp | if_root(privileges), EPERM}, to_bystander("", [](pid_t other) {
                  cpu_set_t now;
                  return ::sched_getaffinity(other, sizeof now, &now) == 0 && CPU_COUNT(&now) == 1;
              }));
}

TEST_CASE("a plugin sets no limits for others") {
    contained({"change_limit", seccomp | if_root(privileges), EPERM}, to_bystander(" 9", [](pid_t other) {
                  rlimit limit{};
                  return ::prlimit(other, RLIMIT_NOFILE, nullptr, &limit) == 0 && limit.rlim_cur == 9;
              }));
}

TEST_CASE("a plugin has no children") {
    contained({"fork_child", seccomp, EPERM}, marking());
}

TEST_CASE("a plugin has no children that share its memory") {
    contained({"clone_sharing_memory", seccomp, EPERM}, marking());
}

TEST_CASE("a plugin has no children by the call that filters cannot look into") {
    contained({"clone_by_new_call", seccomp, ENOSYS}, marking());
}

TEST_CASE("a plugin does not become its own master in a new user namespace") {
    contained({"clone_new_user", seccomp | namespaces, EPERM}, marking());
}

TEST_CASE("a plugin leaves nobody behind in a session of its own") {
    contained({"fork_and_leave", seccomp, EPERM}, marking());
}

TEST_CASE("a plugin does not multiply, and what did has gone with its worker") {
    contained({"fork_many", seccomp, EPERM}, [](const Ground&, Prison& prison) {
        const std::string tasks = "/proc/" + number(prison.pid()) + "/task/";
        return Stage{"8", [=](const Answer& answer) {
                         return answer.succeeded() && !look_at_file(tasks + answer.text + "/children").empty();
                     }};
    });
}

TEST_CASE("a plugin becomes no other program") {
    Attempt attempt{"execute", seccomp | landlock, EPERM};
    attempt.ends = true;
    contained(attempt, executing());
}

TEST_CASE("a plugin becomes no other program that it has only named") {
    Attempt attempt{"execute_descriptor", seccomp | landlock, EPERM};
    attempt.ends = true;
    contained(attempt, executing());
}

TEST_CASE("a plugin has no more threads than it may") {
    contained({"many_threads", limits, EAGAIN}, [](const Ground&, Prison&) {
        return Stage{"160", [](const Answer& answer) { return answer.text == "160"; }};
    });
}

TEST_CASE("a plugin takes no other host name") {
    Attempt attempt{"leave_names", seccomp | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, [](const Ground&, Prison& prison) {
        const std::string process = "/proc/" + number(prison.pid());
        return Stage{"", [=](const Answer& answer) {
                         return look_at_link(process + "/ns/uts") !=
                                look_at_link(process + "/task/" + answer.text + "/ns/uts");
                     }};
    });
}

TEST_CASE("a plugin does not go back to where its host is") {
    Attempt attempt{"join_names", seccomp | landlock | if_root(privileges), EACCES};
    attempt.wants_root = true;
    contained(attempt, [](const Ground&, Prison& prison) {
        const std::string names = "/proc/" + host + "/ns/uts";
        return Stage{names, [=, tasks = "/proc/" + number(prison.pid()) + "/task/"](const Answer& answer) {
                         return !answer.text.empty() &&
                                look_at_link(tasks + answer.text + "/ns/uts") == look_at_link(names);
                     }};
    });
}

TEST_CASE("a plugin does not leave the group in which it would be ended") {
    contained({"join_group", seccomp, EPERM}, [](const Ground&, Prison& prison) {
        return Stage{number(::getpgrp()),
                     [worker = prison.pid()](const Answer&) { return ::getpgid(worker) == ::getpgrp(); }};
    });
}

TEST_CASE("a plugin does not outrun all others") {
    Attempt attempt{"run_in_real_time", seccomp | if_root(privileges), EPERM};
    attempt.wants_root = true;
    contained(attempt, [](const Ground&, Prison&) {
        return Stage{"", [](const Answer& answer) {
                         return ::sched_getscheduler(std::atoi(answer.text.c_str())) == SCHED_FIFO;
                     }};
    });
}

TEST_CASE("a plugin does not take back that it ends with its host") {
    contained({"clear_death_signal", seccomp, EPERM}, [](const Ground&, Prison&) {
        return Stage{"", [](const Answer& answer) { return answer.succeeded(); }};
    });
}

namespace {

// What a plugin does while its host is killed, and what state its process is then in, of those with these letters.
struct Staying {
    const char* how;
    std::string_view states;
};
constexpr Staying busy{"spin", "RS"}, stopped{"stop", "T"};

// A host whose plugin makes an attempt while it is loaded, on the thread that has the wish to end with the host, and
// then `stays`. It is killed by the constructor.
class KilledHost {
public:
    KilledHost(std::uint32_t without, const char* attempt, const Staying& stays) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) run(without, attempt, stays.how, ends[1]);
        CHECK(::read(ends[0], &worker_, sizeof worker_) == sizeof worker_);
        for (const int end : ends) ::close(end);
        if (worker_ > 0) {
            CHECK_FALSE(sandbox_test::is_dead(worker_));
            CHECK(eventually([&] { return stays.states.find(status_of(worker_, "State")[0]) != stays.states.npos; }));
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        REQUIRE(worker_ > 0);
    }
    ~KilledHost() { ::kill(worker_, SIGKILL); }  // its number is still taken: nobody has collected it
    KilledHost(const KilledHost&) = delete;
    KilledHost& operator=(const KilledHost&) = delete;
    pid_t worker() const { return worker_; }

private:
    [[noreturn]] void run(std::uint32_t without, const char* attempt, const char* stays, int end) {
        ::setenv("ESCAPIST_IN_CONSTRUCTOR", attempt, 1);
        Walls walls;
        walls.without = without;
        walls.grants = ", \"env:ESCAPIST_IN_CONSTRUCTOR\"";
        Prison prison(ground_, walls);
        const pid_t worker = prison.pid();
        if (::write(end, &worker, sizeof worker) != sizeof worker) ::_exit(1);
        prison.attempt(stays);
        ::_exit(0);
    }
    const Ground ground_;
    pid_t worker_ = 0;
};

bool ends_with_its_host(std::uint32_t without, const char* attempt, const Staying& stays) {
    const KilledHost killed(without, attempt, stays);
    return eventually([&] { return sandbox_test::is_dead(killed.worker()); });
}

}  // namespace

TEST_CASE("a plugin that is busy ends with a host that is killed") {
    for (const std::uint32_t without : {0u, seccomp | landlock, seccomp | privileges}) {
        const Holdings before;
        CHECK(ends_with_its_host(without, "pid", busy));
        CHECK(nothing_is_left(before));
    }
}

// Stopped, it hears nothing of its host's end but the signal, which has been sent when the host is collected.
TEST_CASE("a plugin that tries to take back that it ends with its host, and stops itself, ends with it all the same") {
    for (const std::uint32_t without : {0u, landlock, privileges}) {
        const Holdings before;
        CHECK(ends_with_its_host(without, "clear_death_signal", stopped));
        CHECK(nothing_is_left(before));
    }
}

TEST_CASE("without the filter, a plugin that takes back that it ends with its host outlives it") {  // the control
    const Holdings before;
    {
        const KilledHost killed(seccomp, "clear_death_signal", stopped);
        CHECK(status_of(killed.worker(), "State").starts_with("T"));
        const std::uint64_t on_their_way = std::stoull(status_of(killed.worker(), "SigPnd"), nullptr, 16) |
                                           std::stoull(status_of(killed.worker(), "ShdPnd"), nullptr, 16);
        CHECK((on_their_way & 1u << (SIGKILL - 1)) == 0);
    }
    CHECK(nothing_is_left(before));
}
