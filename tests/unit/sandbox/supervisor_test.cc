#include "sandbox/supervisor.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <functional>
#include <sstream>

#include "tests/support/catch.h"
#include "tests/unit/sandbox/worker_process.h"

using namespace tenon;
using namespace tenon::sandbox;
using sandbox_test::eventually;
using sandbox_test::worker;

namespace {

// Keeps all that it is told.
class Notes final : public Watched {
public:
    void on_line(std::string_view line) noexcept override {
        const std::lock_guard guard(lock_);
        ended_early_ = ended_early_ || ending_;
        lines_.emplace_back(line);
        changed_.notify_all();
    }
    void on_bell() noexcept override {
        if (at_bell) at_bell();
        const std::lock_guard guard(lock_);
        ++rings_;
        changed_.notify_all();
    }
    void on_end(const Ending& ending) noexcept override {
        if (at_end) at_end();
        const std::lock_guard guard(lock_);
        ended_early_ = ended_early_ || ending_;
        ending_ = ending;
        changed_.notify_all();
    }

    // What is done on the supervisor's thread; set before the start.
    std::function<void()> at_bell, at_end;

    // Called on any thread, so no assertion of Catch's: who waits in vain for a minute ends the test program.
    Ending wait_for_end() {
        return wait<Ending>([this] { return ending_.has_value(); }, [this] { return *ending_; });
    }
    std::string wait_for_line() {
        return wait<std::string>([this] { return !lines_.empty(); }, [this] { return lines_.front(); });
    }
    void wait_for_ring() {
        wait<int>([this] { return rings_ > 0; }, [this] { return rings_; });
    }
    std::vector<std::string> lines() {
        const std::lock_guard guard(lock_);
        return lines_;
    }
    int rings() {
        const std::lock_guard guard(lock_);
        return rings_;
    }
    // Something came after the end.
    bool ended_early() {
        const std::lock_guard guard(lock_);
        return ended_early_;
    }

private:
    template <class Result, class Condition, class Answer>
    Result wait(Condition&& condition, Answer&& answer) {
        std::unique_lock lock(lock_);
        if (!changed_.wait_for(lock, std::chrono::seconds(60), condition)) std::abort();
        return answer();
    }
    std::mutex lock_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
    int rings_ = 0;
    std::optional<Ending> ending_;
    bool ended_early_ = false;
};

WorkerId started(Supervisor& supervisor, const Launch& launch, Watched& watched, int bell = -1) {
    const base::Result<WorkerId> id = supervisor.start(launch, bell, watched);
    REQUIRE(id);
    return id.value();
}

// A process that traces another one, as a debugger does, and never looks at it.
class Tracer {
public:
    explicit Tracer(pid_t traced) : pid_(::fork()) {
        if (pid_ == 0) {
            const bool traces = ::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr) == 0;
            ::kill(::getpid(), traces ? SIGSTOP : SIGKILL);
            for (;;) ::pause();
        }
        int status = 0;
        REQUIRE(::waitpid(pid_, &status, WUNTRACED) == pid_);
        REQUIRE(WIFSTOPPED(status));
    }
    ~Tracer() { let_go(); }
    Tracer(const Tracer&) = delete;
    Tracer& operator=(const Tracer&) = delete;
    void let_go() {
        if (pid_ <= 1) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }

private:
    pid_t pid_;
};

constexpr const char* kept = "ended; how is not known, because a tracer keeps it";

base::Fd new_bell() {
    base::Fd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    REQUIRE(bell);
    return bell;
}

}  // namespace

TEST_CASE("what a worker prints and how it ends is told, and the end is the last") {
    Notes notes;
    Supervisor supervisor;
    const WorkerId id = started(supervisor, worker({"count", "100"}), notes);
    CHECK(to_text(notes.wait_for_end()) == "exited with status 0");
    const std::vector<std::string> lines = notes.lines();
    REQUIRE(lines.size() == 100);
    CHECK(lines.front() == "line 1");
    CHECK(lines.back() == "line 100");
    CHECK(supervisor.last_words(id).ends_with("line 99\nline 100"));
    CHECK(supervisor.pid(id) == -1);
    CHECK_FALSE(supervisor.usage(id));
    const std::optional<Ending> again = supervisor.remove(id);
    REQUIRE(again);
    CHECK(to_text(*again) == "exited with status 0");
    CHECK_FALSE(supervisor.remove(id));
    CHECK(supervisor.last_words(id).empty());
    CHECK_FALSE(notes.ended_early());
}

TEST_CASE("a line that a worker did not end is told at its end") {
    Notes notes;
    Supervisor supervisor;
    started(supervisor, worker({"print", "one\ntw\x1bo"}), notes);
    notes.wait_for_end();
    CHECK(notes.lines() == std::vector<std::string>{"one", "tw\\x1bo"});
}

TEST_CASE("nothing is there before the first worker") {
    const std::size_t descriptors = sandbox_test::open_descriptors();
    Supervisor supervisor;
    CHECK(sandbox_test::open_descriptors() == descriptors);
    supervisor.kill(1);
    CHECK_FALSE(supervisor.remove(1));
    CHECK(supervisor.pid(1) == -1);
}

TEST_CASE("a worker that cannot be started leaves the supervisor as it was") {
    Notes notes;
    Supervisor supervisor;
    const base::Result<WorkerId> none = supervisor.start({"/no/such/program", {}, {}, {}}, -1, notes);
    REQUIRE_FALSE(none);
    CHECK(none.problem().id == "worker.not-started");
    const base::Fd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));  // epoll takes no files
    const base::Result<WorkerId> unheard = supervisor.start(worker({"sleep"}), file.get(), notes);
    REQUIRE_FALSE(unheard);
    CHECK(unheard.problem().id == "worker.no-supervisor");
    CHECK(unheard.problem().text == "workers cannot be watched: epoll_ctl: Operation not permitted");
    CHECK(sandbox_test::children().empty());
    started(supervisor, worker({"exit", "5"}), notes);
    CHECK(to_text(notes.wait_for_end()) == "exited with status 5");
}

TEST_CASE("without descriptors there is no supervisor, and later there is") {
    Notes notes;
    Supervisor supervisor;
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const base::Fd lowest(::dup(STDIN_FILENO));
    const rlimit none{static_cast<rlim_t>(lowest.get()), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const base::Result<WorkerId> refused = supervisor.start(worker({"exit", "5"}), -1, notes);
    ::setrlimit(RLIMIT_NOFILE, &before);
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().id == "worker.no-supervisor");
    CHECK(refused.problem().text == "workers cannot be watched: epoll_create1: Too many open files");
    CHECK(refused.problem().fix == "raise the limit of open files (ulimit -n)");
    started(supervisor, worker({"exit", "5"}), notes);
    CHECK(to_text(notes.wait_for_end()) == "exited with status 5");
}

TEST_CASE("a worker is killed on demand, and what it uses can be seen before") {
    Notes notes;
    Supervisor supervisor;
    const WorkerId id = started(supervisor, worker({"work"}), notes);
    CHECK(notes.wait_for_line() == "worked");
    CHECK(supervisor.pid(id) > 0);
    const std::optional<LiveUsage> usage = supervisor.usage(id);
    REQUIRE(usage);
    CHECK(usage->peak_resident_kib >= 32 * 1024);
    supervisor.kill(id);
    CHECK(to_text(notes.wait_for_end()) == "was ended by signal 9 (Killed)");
    supervisor.kill(id);
}

TEST_CASE("a removed worker is gone, and its watcher hears nothing more") {
    Notes others;
    Supervisor supervisor;
    {
        Notes notes;
        const WorkerId id = started(supervisor, worker({"sleep", "ready"}), notes);
        CHECK(notes.wait_for_line() == "ready");
        const std::optional<Ending> ending = supervisor.remove(id);
        REQUIRE(ending);
        CHECK(to_text(*ending) == "was ended by signal 9 (Killed)");
        CHECK(sandbox_test::children().empty());
    }
    started(supervisor, worker({"exit", "0"}), others);  // the supervisor works on
    CHECK(to_text(others.wait_for_end()) == "exited with status 0");
}

TEST_CASE("a worker that a tracer keeps is removed all the same, and collected when it is let go") {
    Notes notes, others;
    Supervisor supervisor;
    const WorkerId id = started(supervisor, worker({"may-be-traced"}), notes);
    CHECK(notes.wait_for_line() == "ready");
    const pid_t pid = supervisor.pid(id);
    Tracer tracer(pid);
    const std::optional<Ending> ending = supervisor.remove(id);
    REQUIRE(ending);
    CHECK(to_text(*ending) == kept);
    CHECK(sandbox_test::is_dead(pid));
    CHECK_FALSE(supervisor.remove(id));
    started(supervisor, worker({"exit", "0"}), others);  // the supervisor works on
    CHECK(to_text(others.wait_for_end()) == "exited with status 0");
    CHECK(sandbox_test::children().find(std::to_string(pid)) != std::string::npos);
    tracer.let_go();
    CHECK(eventually([] { return sandbox_test::children().empty(); }));
}

TEST_CASE("the end of a worker that a tracer keeps is told, and it is collected when it is let go") {
    Notes notes;
    Supervisor supervisor;
    const WorkerId id = started(supervisor, worker({"may-be-traced"}), notes);
    CHECK(notes.wait_for_line() == "ready");
    Tracer tracer(supervisor.pid(id));
    supervisor.kill(id);
    CHECK(to_text(notes.wait_for_end()) == kept);
    CHECK(to_text(supervisor.remove(id).value_or(Ending{})) == kept);
    tracer.let_go();
    CHECK(eventually([] { return sandbox_test::children().empty(); }));
}

TEST_CASE("a worker that its own child traces is collected") {
    Notes notes;
    Supervisor supervisor;
    started(supervisor, worker({"trace-itself"}), notes);
    CHECK(to_text(notes.wait_for_end()) == "exited with status 3");
    CHECK(eventually([] { return sandbox_test::children().empty(); }));
}

TEST_CASE("the supervisor ends though a tracer keeps a worker") {
    Notes notes;
    std::optional<Tracer> tracer;
    pid_t pid = 0;
    {
        Supervisor supervisor;
        pid = supervisor.pid(started(supervisor, worker({"may-be-traced"}), notes));
        CHECK(notes.wait_for_line() == "ready");
        tracer.emplace(pid);
    }
    CHECK(sandbox_test::is_dead(pid));
    tracer.reset();
    CHECK(::waitpid(pid, nullptr, 0) == pid);  // as nobody else does
}

TEST_CASE("removing waits for a watcher that is being told something") {
    const base::Fd bell = new_bell();
    Notes notes;
    Supervisor supervisor;
    std::atomic<bool> entered{false}, may_go{false}, left{false}, left_before{false}, removed{false};
    notes.at_bell = [&] {
        entered = true;
        while (!may_go) std::this_thread::yield();
        left = true;
    };
    Launch launch = worker({"ring", "1"});
    launch.descriptors = {bell.get()};
    const WorkerId id = started(supervisor, launch, notes, bell.get());
    REQUIRE(eventually([&] { return entered.load(); }));
    std::thread remover([&] {
        supervisor.remove(id);
        left_before = left.load();
        removed = true;
    });
    REQUIRE(eventually([&] { return supervisor.pid(id) == -1; }));  // forgotten; nothing but the waiting is left
    CHECK_FALSE(removed);
    may_go = true;
    remover.join();
    CHECK(removed);
    CHECK(left_before);
}

TEST_CASE("a watcher may remove its worker, and start another") {
    Notes first, second;
    Supervisor supervisor;
    std::atomic<WorkerId> id{0}, next{0};
    first.at_end = [&] {
        while (id == 0) std::this_thread::yield();
        if (!supervisor.remove(id)) std::abort();
        const base::Result<WorkerId> another = supervisor.start(worker({"exit", "4"}), -1, second);
        next = another ? another.value() : 0;
    };
    id = started(supervisor, worker({"exit", "3"}), first);
    CHECK(to_text(second.wait_for_end()) == "exited with status 4");
    CHECK(next > id);
    CHECK_FALSE(supervisor.remove(id));
    CHECK(supervisor.remove(next));
}

TEST_CASE("a watcher that removes its worker while that prints hears no further line") {
    struct Remover final : Watched {
        Supervisor& supervisor;
        std::atomic<WorkerId> id{0};
        std::atomic<int> lines{0};
        explicit Remover(Supervisor& its) : supervisor(its) {}
        void on_line(std::string_view) noexcept override {
            while (id == 0) std::this_thread::yield();
            ++lines;
            supervisor.remove(id);
        }
        void on_bell() noexcept override {}
        void on_end(const Ending&) noexcept override { lines = -1; }
    };
    Notes after;
    Supervisor supervisor;
    Remover remover(supervisor);
    remover.id = started(supervisor, worker({"flood"}), remover);
    REQUIRE(eventually([&] { return supervisor.pid(remover.id) == -1 && sandbox_test::children().empty(); }));
    started(supervisor, worker({"exit", "0"}), after);  // when that is told, the remover has returned
    after.wait_for_end();
    CHECK(remover.lines == 1);
}

TEST_CASE("a bell is heard, and so is its being hung up") {
    const base::Fd bell = new_bell();
    std::array<int, 2> raw{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, raw.data()) == 0);
    const base::Fd ours(raw[0]);
    base::Fd its(raw[1]);
    Notes ringing, hanging;
    Supervisor supervisor;
    Launch launch = worker({"ring", "1"});
    launch.descriptors = {bell.get()};
    started(supervisor, launch, ringing, bell.get());
    ringing.wait_for_ring();

    launch = worker({"hang-up"});
    launch.descriptors = {its.get()};
    started(supervisor, launch, hanging, ours.get());
    its.close();
    hanging.wait_for_ring();
}

TEST_CASE("a bell that nobody reads rings again at each ring") {
    const base::Fd bell = new_bell();
    Notes notes;
    Supervisor supervisor;
    Launch launch = worker({"sleep", "ready"});
    started(supervisor, launch, notes, bell.get());
    CHECK(notes.wait_for_line() == "ready");
    for (int i = 1; i <= 3; ++i) {
        REQUIRE(::eventfd_write(bell.get(), 1) == 0);
        REQUIRE(eventually([&] { return notes.rings() == i; }));
    }
}

TEST_CASE("workers that ring and print without end keep nobody from being heard, nor their end") {
    const base::Fd bell = new_bell();
    Notes ringing, printing, quiet;
    Supervisor supervisor;
    Launch launch = worker({"ring"});
    launch.descriptors = {bell.get()};
    const WorkerId first = started(supervisor, launch, ringing, bell.get());
    const WorkerId second = started(supervisor, worker({"flood"}), printing);
    ringing.wait_for_ring();
    printing.wait_for_line();
    started(supervisor, worker({"print", "hello\n"}), quiet);
    CHECK(to_text(quiet.wait_for_end()) == "exited with status 0");
    CHECK(quiet.lines() == std::vector<std::string>{"hello"});
    supervisor.kill(first);
    supervisor.kill(second);
    CHECK(to_text(ringing.wait_for_end()) == "was ended by signal 9 (Killed)");
    CHECK(to_text(printing.wait_for_end()) == "was ended by signal 9 (Killed)");
    CHECK(printing.lines().back().ends_with("lines more were dropped"));
    CHECK_FALSE(ringing.ended_early());
    CHECK_FALSE(printing.ended_early());
}

TEST_CASE("what was muted for a while is heard again") {
    const base::Fd bell = new_bell();
    Notes notes;
    Supervisor supervisor;
    Launch launch = worker({"ring"});
    launch.descriptors = {bell.get()};
    started(supervisor, launch, notes, bell.get());
    CHECK(eventually([&] { return notes.rings() > 250; }));  // more than two stretches have
}

TEST_CASE("the end of the supervisor is the end of its workers") {
    std::vector<pid_t> pids;
    Notes notes;
    {
        Supervisor supervisor;
        for (int i = 0; i < 5; ++i) pids.push_back(supervisor.pid(started(supervisor, worker({"sleep"}), notes)));
        for (const pid_t pid : pids) CHECK_FALSE(sandbox_test::is_dead(pid));
    }
    for (const pid_t pid : pids) CHECK(sandbox_test::is_dead(pid));
    CHECK(sandbox_test::children().empty());
}

TEST_CASE("two hundred workers, ended in every way, leave nothing behind") {
    Supervisor supervisor;
    const std::vector<std::vector<std::string>> ways{{"exit", "1"}, {"abort"}, {"crash"}, {"print", "x\n"}, {"sleep"}};
    const auto one = [&](std::size_t way) {
        Notes notes;
        const base::Fd bell = new_bell();
        Launch launch = worker(ways[way]);
        launch.descriptors = {bell.get()};
        const WorkerId id = started(supervisor, launch, notes, bell.get());
        if (ways[way][0] != "sleep") notes.wait_for_end();
        CHECK(supervisor.remove(id));
    };
    for (std::size_t way = 0; way < ways.size(); ++way) one(way);  // what is made once is made now
    const std::size_t descriptors = sandbox_test::open_descriptors(), maps = sandbox_test::mappings();
    for (std::size_t i = 0; i < 200; ++i) one(i % ways.size());
    CHECK(sandbox_test::open_descriptors() == descriptors);
    CHECK(sandbox_test::mappings() == maps);
    CHECK(sandbox_test::children().empty());
}

TEST_CASE("workers are started, killed and removed from many threads at once") {
    Supervisor supervisor;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&supervisor, i] {
            for (int j = 0; j < 10; ++j) {
                Notes notes;
                const base::Result<WorkerId> id = supervisor.start(worker({"count", "20"}), -1, notes);
                if (!id) std::abort();
                if ((i + j) % 3 == 0) supervisor.kill(id.value());
                static_cast<void>(supervisor.usage(id.value()));
                if ((i + j) % 3 == 1) notes.wait_for_end();
                supervisor.remove(id.value());
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(sandbox_test::children().empty());
}

TEST_CASE("the workers of a host that is killed are killed") {
    Notes notes;
    Supervisor supervisor;
    const Launch host{WORKER_HOST_PROGRAM, {WORKER_PROGRAM, "3"}, sandbox_test::sanitizer_options(), {}};
    const WorkerId id = started(supervisor, host, notes);
    std::istringstream words(notes.wait_for_line());
    std::vector<pid_t> pids;
    for (pid_t pid = 0; words >> pid;) pids.push_back(pid);
    REQUIRE(pids.size() == 3);  // each asked for by a thread that has ended
    for (const pid_t pid : pids) CHECK_FALSE(sandbox_test::is_dead(pid));
    const pid_t its_pid = supervisor.pid(id);
    REQUIRE(its_pid > 1);      // other numbers mean many processes
    ::kill(its_pid, SIGKILL);  // not its group
    notes.wait_for_end();
    for (const pid_t pid : pids) CHECK(eventually([pid] { return sandbox_test::is_dead(pid); }));
}
