// What a confined plugin sees of its host and of other plugins without asking: nothing.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/containment/contained.h"
#include "tests/containment/evidence.h"

using namespace tenon::test;

namespace {

constexpr auto trusted = tenon::sandbox::Level::trusted;

bool has(const Answer& answer, const std::string& words) {
    REQUIRE(answer.answered);
    return answer.text.find(words) != std::string::npos;
}

// The number on the line, as /proc/PID/limits has it.
std::string limit_of(pid_t process, const std::string& name) {
    const std::string text = look_at_file("/proc/" + std::to_string(process) + "/limits");
    const std::size_t from = text.find_first_not_of(' ', text.find(name) + name.size());
    return text.substr(from, text.find(' ', from) - from);
}

}  // namespace

TEST_CASE("a confined plugin sees the variables that it was granted, and no others") {
    const std::string secret = unguessable(), granted = unguessable();
    const Setting asked("ESCAPIST_SECRET", secret), never_asked("ESCAPIST_NEVER_ASKED", secret),
        open("ESCAPIST_GRANTED", granted);
    const Ground ground;
    Walls walls;
    walls.grants = ", \"env:ESCAPIST_GRANTED\"";
    {
        Prison prison(ground, walls);
        const Answer answer = prison.attempt("environment");
        CHECK_FALSE(has(answer, secret));
        CHECK(has(answer, "ESCAPIST_GRANTED=" + granted));
        if (can_look()) {
            const std::string seen = look_at_file("/proc/" + std::to_string(prison.pid()) + "/environ");
            CHECK(seen.find(secret) == std::string::npos);
            CHECK(seen.find(granted) != std::string::npos);
        }
    }
    walls.level = trusted;  // the control: who is not confined has them
    Prison open_prison(ground, walls);
    CHECK(has(open_prison.attempt("environment"), secret));
}

TEST_CASE("a confined plugin inherits no descriptor") {
    const Ground ground;
    const std::string file = ground.outside() + "/secret", secret = ground.secret_in(file);
    const int left_open = ::open(file.c_str(), O_RDONLY);  // without O_CLOEXEC
    REQUIRE(left_open >= 0);
    const int far = ::fcntl(left_open, F_DUPFD, 400);
    {
        Prison prison(ground);
        for (const int number : {left_open, far})
            CHECK_FALSE(has(prison.attempt("read_descriptor", std::to_string(number)), secret));
        CHECK_FALSE(has(prison.attempt("descriptors"), " " + std::to_string(far) + " "));
        if (can_look())
            CHECK(look_at_links("/proc/" + std::to_string(prison.pid()) + "/fd").find(file) == std::string::npos);
    }
    {
        Prison open(ground, in_the_host);  // the control
        for (const int number : {left_open, far})
            CHECK(has(open.attempt("read_descriptor", std::to_string(number)), secret));
        CHECK(has(open.attempt("descriptors"), " " + std::to_string(far) + " "));
    }
    ::close(left_open);
    ::close(far);
}

TEST_CASE("a confined plugin inherits no signal mask and no ignored signal") {
    const Ground ground;
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    ::signal(SIGHUP, SIG_IGN);
    const auto ignores = [](pid_t process) {
        return (std::stoull(status_of(process, "SigIgn"), nullptr, 16) & 1u << (SIGHUP - 1)) != 0;
    };
    CHECK(status_of(::getpid(), "SigBlk") != "0000000000000000");
    CHECK(ignores(::getpid()));
    {
        Prison prison(ground);
        const pid_t worker = prison.pid();
        CHECK(status_of(worker, "SigBlk") == "0000000000000000");
        CHECK_FALSE(ignores(worker));
    }
    ::signal(SIGHUP, SIG_DFL);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("a confined plugin leaves no core, whatever the host may leave") {
    rlimit before{};
    ::getrlimit(RLIMIT_CORE, &before);
    const rlimit some{before.rlim_max, before.rlim_max};
    ::setrlimit(RLIMIT_CORE, &some);
    const Ground ground;
    {
        Prison prison(ground);
        CHECK(limit_of(prison.pid(), "Max core file size") == "0");
        CHECK(prison.attempt("core_limit").text == "0");
        CHECK(prison.attempt("crash").why.find("core dumped") == std::string::npos);
    }
    if (before.rlim_max > 0) {  // the control: without the ceiling it is the host's
        Prison prison(ground, Walls{.without = limits});
        CHECK(limit_of(prison.pid(), "Max core file size") != "0");
    }
    ::setrlimit(RLIMIT_CORE, &before);
}

TEST_CASE("a confined plugin does not end another one") {
    contained({"signal_process", seccomp | landlock_since(6), EPERM}, [](const Ground&, Prison&) {
        const auto ground = std::make_shared<Ground>();
        const auto neighbour = std::make_shared<Prison>(*ground);
        const pid_t worker = neighbour->pid();
        return Stage{std::to_string(worker) + " 9", [=](const Answer& answer) {
                         (void)ground;
                         return answer.succeeded()
                                    ? sandbox_test::eventually([=] { return sandbox_test::is_dead(worker); })
                                    : sandbox_test::is_dead(worker) || neighbour->pid() != worker;
                     }};
    });
}

TEST_CASE("a confined plugin gets at no other one's files") {
    contained({"read_file", landlock, EACCES}, [](const Ground& ground, Prison&) {
        const std::string folder = ground.folder() + "/data/org.tenon.test.neighbour";
        REQUIRE(::mkdir(folder.c_str(), 0777) == 0);
        const std::string file = folder + "/secret", secret = ground.secret_in(file);
        REQUIRE(::chmod(folder.c_str(), 0755) == 0);
        return Stage{file, [=](const Answer& answer) { return answer.text == secret; }};
    });
}

TEST_CASE("what is between the fields of a request does not reach a confined plugin") {
    const Ground ground;
    const auto seen = [&](const Walls& walls) {
        Prison prison(ground, walls);
        const Answer answer = prison.call<escape_attempt_hook>("reserved", "", "host");
        REQUIRE(answer.answered);
        return answer.text;
    };
    CHECK(seen({}) == std::string(4, '\0'));
    CHECK(seen(in_the_host) == "host");  // the control
}
