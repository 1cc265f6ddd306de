// When a file is complete, and that asking for it is safe.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "loader/stable.h"
#include "loader/stage.h"
#include "tests/unit/loader/watched.h"

using namespace tenon::loader;
using namespace tenon::loader::fixtures;

namespace {

constexpr std::uint64_t ms = 1'000'000;
const std::string library(64, 'x');  // as long as a library's header

tenon::base::Fd reader(const std::string& path) {
    tenon::base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(fd);
    return fd;
}

tenon::base::Fd writer(const std::string& path) {
    tenon::base::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    REQUIRE(fd);
    return fd;
}

void default_signals() {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_UNBLOCK, &all, nullptr);
}

// A process of its own that runs `work` with the signals as they are by default, and exits with its answer.
template <class Work>
pid_t in_a_child(const Work& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        default_signals();
        ::_exit(work());
    }
    return child;
}

int end_of(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return status;
}

struct Pipe {
    Pipe() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        out = tenon::base::Fd(ends[0]);
        in = tenon::base::Fd(ends[1]);
    }
    tenon::base::Fd out, in;
};

// Opens for writing without blocking; true if that met a lease.
bool meets_a_lease(const std::string& path) {
    const tenon::base::Fd file(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    return !file && errno == EWOULDBLOCK;
}

}  // namespace

TEST_CASE("a file is stable when nobody has it open for writing") {
    const WatchedFolder folder;
    folder.write("a.so", library);
    const tenon::base::Fd file = reader(folder / "a.so");
    CHECK(stability(file) == Stable::yes);
    {
        const tenon::base::Fd open = writer(folder / "a.so");
        CHECK(stability(file) == Stable::being_written);
    }
    CHECK(stability(file) == Stable::yes);
    CHECK(stability(tenon::base::Fd()) == Stable::missing);
    CHECK(stability(Pipe().out) == Stable::unknown);  // nothing but a regular file has leases
}

TEST_CASE("the probe leaves no lease behind, and readers are no writers") {
    const WatchedFolder folder;
    folder.write("a.so", library);
    const tenon::base::Fd one = reader(folder / "a.so"), two = reader(folder / "a.so");
    CHECK(stability(one) == Stable::yes);
    CHECK(stability(two) == Stable::yes);
    CHECK(::fcntl(one.get(), F_GETLEASE) == F_UNLCK);
    CHECK_FALSE(meets_a_lease(folder / "a.so"));
}

TEST_CASE("a writer that opens the file in the middle of a probe does not end the process that probes") {
    const WatchedFolder folder;
    folder.write("a.so", library);
    const std::string path = folder / "a.so";
    const tenon::base::Fd file = reader(path);

    SECTION("a lease that is taken without care would end it") {
        Pipe taken;
        const pid_t careless = in_a_child([&] {
            if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) != 0) return 2;
            if (::write(taken.in.get(), "x", 1) != 1) return 3;
            for (;;) ::pause();
        });
        char mark = 0;
        REQUIRE(::read(taken.out.get(), &mark, 1) == 1);
        CHECK(meets_a_lease(path));
        const int status = end_of(careless);
        REQUIRE(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGIO);
    }
    SECTION("the probe does not") {
        Pipe stop;
        const pid_t probing = in_a_child([&] {
            stop.in.close();
            ::fcntl(stop.out.get(), F_SETFL, O_NONBLOCK);
            char none = 0;
            while (::read(stop.out.get(), &none, 1) < 0)
                for (int i = 0; i < 100; ++i)
                    if (stability(file) == Stable::unknown) return 2;
            return 0;
        });
        // Each of these sent the signal, because the lease was held at that moment.
        int met = 0;
        const std::uint64_t deadline = tenon::base::monotonic_ns() + long_ns;
        while (met < 20 && tenon::base::monotonic_ns() < deadline) met += meets_a_lease(path) ? 1 : 0;
        stop.in.close();
        const int status = end_of(probing);
        CHECK(met == 20);
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }
}

TEST_CASE("a writer that blocks gets the file when the probe is over") {
    const WatchedFolder folder;
    folder.write("a.so", library);
    const std::string path = folder / "a.so";
    const tenon::base::Fd file = reader(path);
    const pid_t writing = in_a_child([&] {
        for (int i = 0; i < 2000; ++i) {
            const tenon::base::Fd open(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
            if (!open) return 2;
        }
        return 0;
    });
    int status = 0;
    while (::waitpid(writing, &status, WNOHANG) == 0) CHECK(stability(file) != Stable::unknown);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a complete file is not waited for") {
    const WatchedFolder folder;
    folder.write("a.so", library);
    bool asked = false;
    CHECK_FALSE(wait_until_stable(folder / "a.so", 0, [&] { return asked = true; }));
    CHECK_FALSE(asked);
    CHECK_FALSE(wait_until_stable(folder / "a.so", 0, nullptr));
}

TEST_CASE("a file that is open for writing is waited for until it is closed") {
    const WatchedFolder folder;
    tenon::base::Fd open = writer(folder / "a.so");
    REQUIRE(::write(open.get(), library.data(), library.size()) == 64);
    int rounds = 0;
    const auto close_it = [&] {
        if (++rounds == 5) open.close();
        return false;
    };
    CHECK_FALSE(wait_until_stable(folder / "a.so", UINT64_MAX, close_it));
    CHECK(rounds == 5);
}

TEST_CASE("a file that stays open for writing is refused when the time is over") {
    const WatchedFolder folder;
    folder.write("a.so", library);
    const tenon::base::Fd open = writer(folder / "a.so");
    const auto problem = wait_until_stable(folder / "a.so", 30 * ms, nullptr);
    REQUIRE(problem);
    CHECK(problem->id == "reload.being-written");
    CHECK(problem->text.starts_with((folder / "a.so") + ": is still being written: it was open for writing after "));
    CHECK(problem->text.ends_with(" ms"));
    CHECK(problem->fix == "The linker or installer that has it open must close it.");
}

TEST_CASE("a file that is empty, or too short for a library, counts as being written") {
    const WatchedFolder folder;
    folder.write("a.so", "");
    int rounds = 0;
    const auto grow = [&] {
        if (++rounds == 2) folder.write("a.so", std::string(63, 'x'));
        if (rounds == 4) folder.write("a.so", library);
        return false;
    };
    CHECK_FALSE(wait_until_stable(folder / "a.so", UINT64_MAX, grow));
    CHECK(rounds == 4);
    folder.write("a.so", std::string(63, 'x'));
    const auto problem = wait_until_stable(folder / "a.so", 5 * ms, nullptr);
    REQUIRE(problem);
    CHECK(problem->id == "reload.being-written");
    CHECK(problem->text.starts_with((folder / "a.so") + ": is still being written: it has 63 bytes after "));
    CHECK(problem->text.ends_with(" ms, fewer than the 64 of a library's header"));
}

TEST_CASE("a file that is missing is waited for no longer than a linker takes to make it again") {
    const WatchedFolder folder;
    const auto problem = wait_until_stable(folder / "a.so", UINT64_MAX, nullptr);
    REQUIRE(problem);
    CHECK(problem->id == "reload.missing");
    CHECK(problem->text == (folder / "a.so") + ": there is no such file");
    CHECK(problem->fix == "Build or install the library again; the loaded build is not touched.");
    bool made = false;
    const auto make_it = [&] {
        if (!std::exchange(made, true)) folder.write("a.so", library);
        return false;
    };
    CHECK_FALSE(wait_until_stable(folder / "a.so", UINT64_MAX, make_it));
    CHECK(made);
}

TEST_CASE("who does not wait any more says so") {
    const WatchedFolder folder;
    const tenon::base::Fd open = writer(folder / "a.so");
    const auto problem = wait_until_stable(folder / "a.so", UINT64_MAX, [] { return true; });
    REQUIRE(problem);
    CHECK(problem->id == "reload.cancelled");
    CHECK(problem->text == (folder / "a.so") + ": nobody waits any more until it is written");
}

TEST_CASE("what is no regular file is refused at once") {
    const WatchedFolder folder;
    REQUIRE(::mkfifo((folder / "a.so").c_str(), 0600) == 0);
    const auto problem = wait_until_stable(folder / "a.so", UINT64_MAX, nullptr);
    REQUIRE(problem);
    CHECK(problem->id == "file.not-regular");
    CHECK(wait_until_stable(folder.path(), UINT64_MAX, nullptr)->id == "file.not-regular");
}

TEST_CASE("where leases are not allowed, a file is complete when it was the same for a while") {
    if (::geteuid() != 0) {
        CHECK(stability(reader("/bin/sh")) == Stable::unknown);
        CHECK_FALSE(wait_until_stable("/bin/sh", UINT64_MAX, nullptr));
        return;
    }
    const WatchedFolder folder;
    folder.write("a.so", library);
    const std::string path = folder / "a.so";
    REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
    REQUIRE(::chmod(path.c_str(), 0666) == 0);
    const int status = end_of(in_a_child([&] {
        if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 2;
        const tenon::base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (stability(file) != Stable::unknown) return 3;
        if (wait_until_stable(path, UINT64_MAX, nullptr)) return 4;
        // Longer at each look, so that it is never quiet, however slow this machine is.
        const auto grow = [&] {
            const tenon::base::Fd open(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
            return ::write(open.get(), "x", 1) != 1;
        };
        const tenon::base::Check problem = wait_until_stable(path, 60 * ms, grow);
        if (!problem || problem->id != "reload.being-written") return 5;
        return problem->text.find("it was still changing after") == std::string::npos ? 6 : 0;
    }));
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a library is not copied while somebody has it open for writing") {
    const WatchedFolder folder;
    folder.write("a.so", library);
    const std::string path = folder / "a.so";
    {
        const tenon::base::Fd open = writer(path);
        const auto staged = stage(path, folder / "private", "com.example.shop", 1);
        REQUIRE_FALSE(staged);
        CHECK(staged.problem().id == "reload.being-written");
        CHECK(staged.problem().text == path + ": is still being written: somebody has it open for writing");
        CHECK(tenon::base::list_folder(folder.path()).value() == std::vector<std::string>{"a.so"});
    }
    CHECK(stage(path, folder / "private", "com.example.shop", 1));
}
