#include "sandbox/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <array>

#include "tests/support/catch.h"
#include "tests/unit/sandbox/worker_process.h"

using namespace tenon;
using namespace tenon::sandbox;
using sandbox_test::worker;

namespace {

// A pipe that a process prints into.
struct Pipe {
    base::Fd ours, its;
    Pipe() {
        std::array<int, 2> raw{};
        REQUIRE(::pipe2(raw.data(), O_CLOEXEC) == 0);
        ours = base::Fd(raw[0]);
        its = base::Fd(raw[1]);
    }
    // All of it, once nobody can print any more.
    std::string read_all() {
        its.close();
        std::string text;
        std::array<char, 4096> piece{};
        for (ssize_t got = 1; got > 0; text.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))))
            got = ::read(ours.get(), piece.data(), piece.size());
        return text;
    }
    std::string read_line() {
        std::string text;
        for (char byte = 0; ::read(ours.get(), &byte, 1) == 1 && byte != '\n';) text += byte;
        return text;
    }
};

Process spawned(const Launch& launch, const Pipe& pipe) {
    base::Result<Process> process = Process::spawn(launch, pipe.its.get());
    REQUIRE(process);
    return process.take();
}

template <class Kept>
Ending collected(Kept&& process) {
    const std::optional<Ending> ending = process.collect(UINT64_MAX);
    REQUIRE(ending);
    return *ending;
}

Ending ending_of_mode(std::vector<std::string> words) {
    const Pipe pipe;
    Process process = spawned(worker(std::move(words)), pipe);
    return collected(process);
}

// What the application does with signals, put back at the end.
struct Disposition {
    int signal;
    struct sigaction before{};
    Disposition(int number, void (*handler)(int)) : signal(number) {
        struct sigaction wish{};
        wish.sa_handler = handler;
        REQUIRE(::sigaction(signal, &wish, &before) == 0);
    }
    ~Disposition() { ::sigaction(signal, &before, nullptr); }
};

}  // namespace

TEST_CASE("how a process ended is told: by a status, by a signal") {
    const Ending fine = ending_of_mode({"exit", "0"});
    CHECK(fine.how == Ending::How::exited);
    CHECK(to_text(fine) == "exited with status 0");
    CHECK(to_text(ending_of_mode({"exit", "37"})) == "exited with status 37");
    CHECK(to_text(ending_of_mode({"crash"})) == "was ended by signal 11 (Segmentation fault)");
    const Ending aborted = ending_of_mode({"abort"});
    CHECK(aborted.how == Ending::How::signalled);
    CHECK(aborted.signal == SIGABRT);
    CHECK_FALSE(aborted.core);
    CHECK(to_text(aborted) == "was ended by signal 6 (Aborted)");
    CHECK(to_text({Ending::How::signalled, 0, SIGABRT, true, {}}) == "was ended by signal 6 (Aborted), core dumped");
}

TEST_CASE("a process gets its descriptors, its variables and nothing else") {
    const Pipe pipe;
    const base::Fd leaking(::open("/dev/null", O_RDONLY));  // not close-on-exec, as careless code leaves it
    REQUIRE(leaking);
    Launch launch = worker({"tell"});
    launch.environment = {"SHOP=open", "EMPTY="};
    launch.descriptors = {pipe.ours.get(), leaking.get(), pipe.ours.get()};
    Pipe answer;
    const Disposition ignored(SIGUSR1, SIG_IGN), pipes(SIGPIPE, SIG_IGN);
    sigset_t some, before;
    ::sigemptyset(&some);
    ::sigaddset(&some, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &some, &before);
    base::Result<Process> process = Process::spawn(launch, answer.its.get());
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    REQUIRE(process);
    CHECK(answer.read_all() ==
          "open: 0 1 2 3 4 5\n"
          "input: /dev/null\n"
          "SigBlk:\t0000000000000000\n"
          "SigIgn:\t0000000000000000\n"
          "group: its own\n"
          "variable: SHOP=open\n"
          "variable: EMPTY=\n");
    CHECK(to_text(collected(process.take())) == "exited with status 0");
}

TEST_CASE("a process gets its descriptors in order, even where they have each other's numbers here") {
    Pipe first, second;
    std::vector<int> raw{first.its.get(), second.its.get()};
    if (raw[0] < raw[1]) std::swap(raw[0], raw[1]);
    const Pipe answer;
    for (const int becomes : {3, 4}) {
        Launch launch{
            "/bin/sh", {"-c", "echo as " + std::to_string(becomes) + " >&" + std::to_string(becomes)}, {}, raw};
        CHECK(to_text(collected(spawned(launch, answer))) == "exited with status 0");
    }
    Pipe& larger = first.its.get() == raw[0] ? first : second;
    Pipe& smaller = first.its.get() == raw[0] ? second : first;
    CHECK(larger.read_all() == "as 3\n");
    CHECK(smaller.read_all() == "as 4\n");
}

TEST_CASE("a program that cannot be started is named with the reason") {
    const Pipe pipe;
    const std::size_t before = sandbox_test::open_descriptors();
    const base::Result<Process> missing = Process::spawn({"/no/such/program", {}, {}, {}}, pipe.its.get());
    REQUIRE_FALSE(missing);
    CHECK(missing.problem().id == "worker.not-started");
    CHECK(missing.problem().text ==
          "/no/such/program: the worker process cannot be started: posix_spawn: No such file or directory");
    CHECK(missing.problem().fix == "install the program there, or name the place where it is");
    const base::Result<Process> folder = Process::spawn({"/tmp", {}, {}, {}}, pipe.its.get());
    REQUIRE_FALSE(folder);
    CHECK(folder.problem().text == "/tmp: the worker process cannot be started: posix_spawn: Permission denied");
    const base::Result<Process> closed = Process::spawn({"/bin/true", {}, {}, {-1}}, pipe.its.get());
    REQUIRE_FALSE(closed);
    CHECK(closed.problem().text ==
          "/bin/true: the worker process cannot be started: no descriptors for it: Bad file descriptor");
    CHECK(sandbox_test::open_descriptors() == before);
}

TEST_CASE("a process that ignores what can be ignored is killed") {
    Pipe pipe;
    Process process = spawned(worker({"ignore-signals"}), pipe);
    CHECK(pipe.read_line() == "ready");
    REQUIRE(process.pid() > 1);
    ::kill(process.pid(), SIGTERM);
    CHECK_FALSE(process.try_collect());
    process.kill();
    CHECK(to_text(collected(process)) == "was ended by signal 9 (Killed)");
    process.kill();  // nobody
    CHECK(process.pidfd() == -1);
}

TEST_CASE("a process takes those it started with it, killed or ended") {
    for (const bool killed : {true, false}) {
        Pipe pipe;
        Process process = spawned(worker({"beget", killed ? "" : "and leaves"}), pipe);
        const pid_t grandchild = std::atoi(pipe.read_line().c_str());
        REQUIRE(grandchild > 0);
        CHECK_FALSE(sandbox_test::is_dead(grandchild));
        if (killed) process.kill();
        CHECK(to_text(collected(process)) == (killed ? "was ended by signal 9 (Killed)" : "exited with status 0"));
        CHECK(sandbox_test::eventually([grandchild] { return sandbox_test::is_dead(grandchild); }));
    }
}

TEST_CASE("a process that is let go is killed and collected") {
    const Pipe pipe;
    pid_t pid = -1;
    {
        const Process process = spawned(worker({"sleep"}), pipe);
        pid = process.pid();
        CHECK_FALSE(sandbox_test::is_dead(pid));
    }
    CHECK(::waitpid(pid, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
}

TEST_CASE("a process can be watched for its end") {
    const Pipe pipe;
    Process process = spawned(worker({"sleep"}), pipe);
    pollfd watched{process.pidfd(), POLLIN, 0};
    CHECK(::poll(&watched, 1, 0) == 0);
    CHECK_FALSE(process.try_collect());
    process.kill();
    REQUIRE(::poll(&watched, 1, 60'000) == 1);
    const std::optional<Ending> ending = process.try_collect();
    REQUIRE(ending);
    CHECK(ending->signal == SIGKILL);
}

TEST_CASE("where the application collects its children itself, how they ended is not known") {
    const Pipe pipe;
    SECTION("because it ignores SIGCHLD") {
        const Disposition ignored(SIGCHLD, SIG_IGN);
        Process process = spawned(worker({"sleep"}), pipe);
        process.kill();
        const Ending ending = collected(process);
        CHECK(ending.how == Ending::How::unknown);
        CHECK(to_text(ending) == "ended; how is not known, because the application collects its children itself");
    }
    SECTION("because it was faster") {
        Process process = spawned(worker({"exit", "3"}), pipe);
        int status = 0;
        CHECK(::waitpid(process.pid(), &status, 0) == process.pid());
        CHECK(collected(process).how == Ending::How::unknown);
    }
    SECTION("and its number is used no more") {
        Process process = spawned(worker({"exit", "3"}), pipe);
        CHECK(::waitpid(process.pid(), nullptr, 0) == process.pid());
        CHECK_FALSE(usage_of(process.pid(), process.pidfd()));
        process.kill();
    }
}

TEST_CASE("what a process uses is seen while it runs, and when it has ended") {
    Pipe pipe;
    Process process = spawned(worker({"work"}), pipe);
    CHECK(pipe.read_line() == "worked");
    const std::optional<LiveUsage> live = usage_of(process.pid(), process.pidfd());
    REQUIRE(live);
    CHECK(live->cpu_ns > 0);
    CHECK(live->threads == 1);
    CHECK(live->peak_resident_kib >= 32 * 1024);
    CHECK(live->resident_kib >= 31 * 1024);  // the kernel counts in batches
    CHECK(live->minor_faults > 0);
    process.kill();
    const Ending ending = collected(process);
    CHECK(ending.usage.peak_resident_kib >= 32 * 1024);
    CHECK(ending.usage.user_ns + ending.usage.system_ns > 0);
    CHECK(ending.usage.minor_faults >= live->minor_faults);
    CHECK(ending.usage.voluntary_switches + ending.usage.involuntary_switches > 0);
    CHECK_FALSE(usage_of(process.pid(), process.pidfd()));
}

TEST_CASE("a worker whose host is not its parent does not begin") {
    const Pipe pipe;
    Launch launch{WORKER_PROGRAM, {"1", "sleep"}, {}, {}};
    CHECK(to_text(collected(spawned(launch, pipe))) == "exited with status 101");
}
