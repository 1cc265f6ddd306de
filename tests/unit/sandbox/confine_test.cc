// What each layer stops: in a child that is bound by it something is tried, and its errno comes back through a pipe.
// Without the layer the same succeeds.
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/sanitizer.h"
#include "sandbox/confine/nobody.h"
#include "sandbox/confine/start.h"
#include "sandbox/confine/steps.h"
#include "tests/support/catch.h"
#include "tests/support/machine_has.h"

using namespace tenon::sandbox;

namespace {

// What an attempt comes to: 0, or an errno.
using Attempt = std::function<int()>;

int result_of(long result) {
    return result < 0 ? errno : 0;
}

struct Report {
    int outcome = -1;
    bool bound = false;
    std::uint32_t applied = 0;
    bool own_user_namespace = false;
    bool own_network = false;
    char problem[400] = {};
};

struct Ended {
    Report report;
    int signal = 0;
};

// A folder that the worker's user may enter, with a library, files to read and to write, and a secret.
class Ground {
public:
    Ground() : path_(tenon::base::make_unique_folder(tenon::base::temporary_folder(), "confine-").take()) {
        for (const char* const folder : {"/granted", "/granted/below", "/readable", "/library"})
            REQUIRE(::mkdir((path_ + folder).c_str(), 0777) == 0);
        for (const char* const file :
             {"/secret", "/granted/book", "/granted/below/page", "/readable/book", "/library/plugin.so"})
            REQUIRE_FALSE(tenon::base::write_file(path_ + file, "text"));
        if (::geteuid() != 0) return;
        REQUIRE(::chmod(path_.c_str(), 0777) == 0);
        for (const char* const each : {"/granted", "/granted/below", "/readable", "/secret", "/granted/book",
                                       "/granted/below/page", "/readable/book"})
            REQUIRE(
                (::chown((path_ + each).c_str(), nobody, nobody) == 0 && ::chmod((path_ + each).c_str(), 0777) == 0));
    }
    ~Ground() { tenon::base::remove_tree(path_); }
    Ground(const Ground&) = delete;
    Ground& operator=(const Ground&) = delete;

    const std::string& path() const { return path_; }
    std::string operator/(const char* name) const { return path_ + "/" + name; }

    Policy policy() const {
        Policy policy;
        policy.level = Level::strict;
        policy.paths = {{path_ + "/granted", true, true}, {path_ + "/readable", false, true}};
        policy.ceilings.memory_bytes = 0;  // the tests' own process is large
        return policy;
    }

private:
    std::string path_;
};

enum class Until { before_the_plugin, after_the_plugin };

// In a child, as root or as the user `nobody`.
Ended in_child(const Ground& ground, const Policy& policy, const Attempt& attempt, uid_t user,
               Until until = Until::after_the_plugin, Machine machine = look_at_kernel()) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int signal : {SIGSEGV, SIGABRT, SIGTERM}) ::signal(signal, SIG_DFL);
        if (user != 0 && (::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0)) ::_exit(9);
        if (::dup2(ends[1], 3) != 3) ::_exit(8);
        Start start;
        start.policy = policy;
        start.machine = std::move(machine);
        start.parent = parent;
        start.library = ground / "library/plugin.so";
        start.origin = "plugin.so";
        Report report;
        tenon::base::Check problem = before_the_plugin(start);
        if (!problem && until == Until::after_the_plugin) problem = after_the_plugin(start);
        report.bound = !problem;
        report.applied = start.applied;
        report.own_user_namespace = start.own_user_namespace;
        report.own_network = start.own_network;
        if (problem) std::strncpy(report.problem, (problem->id + ": " + problem->text).c_str(), 399);
        if (!problem) report.outcome = attempt();
        ::_exit(::write(3, &report, sizeof report) == sizeof report ? 0 : 7);
    }
    ::close(ends[1]);
    Ended ended;
    const ssize_t got = ::read(ends[0], &ended.report, sizeof ended.report);
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    if (ended.signal == 0) REQUIRE(got == static_cast<ssize_t>(sizeof ended.report));
    return ended;
}

std::vector<uid_t> users() {
    return ::geteuid() == 0 ? std::vector<uid_t>{0, nobody} : std::vector<uid_t>{::geteuid()};
}

// The attempt fails with the errno when all layers are there, and succeeds without `layers`, as root and as another.
struct Trial {
    const char* what;
    std::uint32_t layers;
    int error;
    Attempt attempt;
};

void judge(const Ground& ground, const Trial& trial, Until until = Until::after_the_plugin) {
    CAPTURE(trial.what);
    for (const uid_t user : users()) {
        CAPTURE(user);
        const Ended bound = in_child(ground, ground.policy(), trial.attempt, user, until);
        CHECK(std::string(bound.report.problem) == "");
        CHECK(bound.report.outcome == trial.error);
        Policy less = ground.policy();
        less.without = trial.layers;
        const Ended free = in_child(ground, less, trial.attempt, user, until);
        CHECK(std::string(free.report.problem) == "");
        CHECK(free.report.outcome == 0);
    }
}

Attempt opening(std::string path, int flags) {
    return [path = std::move(path), flags] { return result_of(::open(path.c_str(), flags | O_CLOEXEC, 0600)); };
}

int fork_once() {
    const long child = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) ::_exit(0);
    return result_of(child);
}

}  // namespace

TEST_CASE("Landlock alone stops a worker from opening what was not granted") {
    const Ground ground;
    judge(ground, {"read a secret", layer_landlock, EACCES, opening(ground / "secret", O_RDONLY)});
    judge(ground, {"list a folder", layer_landlock, EACCES, opening("/", O_RDONLY | O_DIRECTORY)});
    judge(ground, {"write what may be read", layer_landlock, EACCES, opening(ground / "readable/book", O_WRONLY)});
    judge(ground, {"make a file where it may read", layer_landlock, EACCES, [path = ground / "readable/new"] {
                       const int error = result_of(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
                       ::unlink(path.c_str());
                       return error;
                   }});
    judge(ground,
          {"leave the folder by dots", layer_landlock, EACCES, opening(ground / "granted/../secret", O_RDONLY)});
}

TEST_CASE("what was granted works inside") {
    const Ground ground;
    for (const uid_t user : users()) {
        CAPTURE(user);
        CHECK(in_child(ground, ground.policy(), opening(ground / "readable/book", O_RDONLY), user).report.outcome == 0);
        CHECK(in_child(ground, ground.policy(), opening(ground / "readable", O_RDONLY | O_DIRECTORY), user)
                  .report.outcome == 0);
        CHECK(in_child(ground, ground.policy(), opening(ground / "granted/below/page", O_RDWR | O_TRUNC), user)
                  .report.outcome == 0);
        const std::string made = ground / "granted/made", moved = ground / "granted/below/moved";
        CHECK(in_child(
                  ground, ground.policy(),
                  [&] {
                      if (::open(made.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0) return errno;
                      if (::rename(made.c_str(), moved.c_str()) != 0) return errno;
                      return result_of(::unlink(moved.c_str()));
                  },
                  user)
                  .report.outcome == 0);
    }
}

TEST_CASE("a folder that is granted as one file gives nothing, and neither does anything to the level locked") {
    const Ground ground;
    Policy policy = ground.policy();
    policy.paths = {{ground / "readable", false, false}};
    CHECK(in_child(ground, policy, opening(ground / "readable/book", O_RDONLY), users()[0]).report.outcome == EACCES);
    policy.paths = {{ground / "readable/book", false, false}};
    CHECK(in_child(ground, policy, opening(ground / "readable/book", O_RDONLY), users()[0]).report.outcome == 0);
    policy.level = Level::locked;
    CHECK(in_child(ground, policy, opening(ground / "readable/book", O_RDONLY), users()[0], Until::before_the_plugin)
              .report.outcome == EACCES);
    CHECK(in_child(ground, policy, opening(ground / "readable/book", O_RDONLY), users()[0]).report.outcome == EPERM);
}

TEST_CASE("the filter stops what Landlock does not see") {
    const Ground ground;
    const std::string book = ground / "granted/book";
    const std::uint32_t filter = layer_seccomp;
    judge(ground, {"make a Unix socket", filter, EPERM, [] { return result_of(::socket(AF_UNIX, SOCK_STREAM, 0)); }});
    judge(ground, {"make a TCP socket", filter, EPERM, [] { return result_of(::socket(AF_INET, SOCK_STREAM, 0)); }});
    judge(ground,
          {"make a netlink socket", filter, EPERM, [] { return result_of(::socket(AF_NETLINK, SOCK_RAW, 0)); }});
    judge(ground, {"fork", filter, EPERM, fork_once});
    judge(ground, {"change rights", filter, EPERM, [book] { return result_of(::chmod(book.c_str(), 0777)); }});
    judge(ground,
          {"make memory with a name", filter, EPERM, [] { return result_of(::syscall(SYS_memfd_create, "x", 0)); }});
    judge(ground, {"leave its session", filter, EPERM, [] { return result_of(::setsid()); }});
    judge(ground, {"watch a folder", filter, EPERM, [] { return result_of(::inotify_init1(0)); }});
    judge(ground,
          {"own a descriptor's signals", filter, EPERM, [] { return result_of(::fcntl(3, F_SETOWN, ::getpid())); }});
    judge(ground,
          {"hide its memory less", filter, EPERM, [] { return result_of(::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }});
    judge(ground, {"outlive its host", filter, EPERM, [] { return result_of(::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)); }});
    judge(ground, {"become less urgent", filter, EPERM, [] { return result_of(::setpriority(PRIO_PROCESS, 0, 19)); }});
    judge(ground, {"change its personality", filter, EPERM, [] { return result_of(::syscall(SYS_personality, 0)); }});
}

TEST_CASE("a call that nobody has listed does not exist") {
    const Ground ground;
    constexpr long set_tid_of_nothing = 9999;
    for (const long call : {long{SYS_clone3}, set_tid_of_nothing, long{SYS_openat2}}) {
        CAPTURE(call);
        CHECK(in_child(
                  ground, ground.policy(), [call] { return result_of(::syscall(call, 0, 0, 0, 0, 0, 0)); }, users()[0])
                  .report.outcome == ENOSYS);
    }
}

TEST_CASE("bits that the kernel does not look at open nothing") {
    const Ground ground;
    constexpr unsigned long high = 1ul << 32;
    const auto outcome = [&](const Attempt& attempt) {
        return in_child(ground, ground.policy(), attempt, users()[0]).report.outcome;
    };
    const auto signal_parent = [] {
        return result_of(::syscall(SYS_kill, high | static_cast<unsigned long>(::getppid()), 0));
    };
    CHECK(outcome(signal_parent) == EPERM);
    CHECK(outcome([] { return result_of(::syscall(SYS_fcntl, 3, high | F_SETOWN, ::getpid())); }) == ENOSYS);
    CHECK(outcome([] {
              return result_of(
                  ::syscall(SYS_mmap, 0, 4096, high | PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
          }) == EPERM);
    CHECK(outcome([] {
              const long child = ::syscall(SYS_clone, high | SIGCHLD, 0, 0, 0, 0);
              if (child == 0) ::_exit(0);
              return result_of(child);
          }) == EPERM);
}

TEST_CASE("the descriptors that belong to the worker stay what they are") {
    const Ground ground;
    constexpr unsigned long high = 1ul << 32;
    judge(ground, {"put another in its place", layer_seccomp, EPERM, [] { return result_of(::dup2(2, 4)); }});
    for (const unsigned long number : {3ul, 4ul}) {
        CAPTURE(number);
        for (const unsigned long written : {number, high | number}) {
            CAPTURE(written);
            const auto outcome = [&](const Attempt& attempt) {
                return in_child(ground, ground.policy(), attempt, users()[0]).report.outcome;
            };
            CHECK(outcome([=] { return result_of(::syscall(SYS_close, written)); }) == EPERM);
            CHECK(outcome([=] { return result_of(::syscall(SYS_dup3, 2, written, O_CLOEXEC)); }) == EPERM);
            CHECK(outcome([=] { return result_of(::syscall(SYS_close_range, written, ~0u, 0)); }) == EPERM);
#ifdef SYS_dup2
            CHECK(outcome([=] { return result_of(::syscall(SYS_dup2, 2, written)); }) == EPERM);
#endif
        }
    }
    CHECK(in_child(
              ground, ground.policy(), [] { return result_of(::syscall(SYS_close_range, 0, 3, 0)); }, users()[0])
              .report.outcome == EPERM);
}

TEST_CASE("other descriptors are closed, and put in the place of others") {
    const Ground ground;
    const Attempt attempt = [] {
        constexpr int many = 200;
        const int copy = ::dup(3);
        if (copy < 5 || ::dup2(copy, many) != many || ::dup3(copy, many + 1, O_CLOEXEC) != many + 1) return errno;
        if (::close(copy) != 0 || ::close(1) != 0) return errno;
        if (::syscall(SYS_close_range, 5, ~0u, 0) != 0) return errno;
        return ::fcntl(many, F_GETFD) < 0 && errno == EBADF ? 0 : EEXIST;
    };
    for (const uid_t user : users()) CHECK(in_child(ground, ground.policy(), attempt, user).report.outcome == 0);
}

TEST_CASE("a worker sends and receives with the flags that are listed, and with no other") {
    const Ground ground;
    // A pipe is no socket: the call is allowed where the kernel says so.
    const auto sent = [&](unsigned long flags) {
        return in_child(
                   ground, ground.policy(),
                   [flags] { return result_of(::syscall(SYS_sendto, 3l, "x", 1l, flags, nullptr, 0l)); }, users()[0])
            .report.outcome;
    };
    const auto received = [&](unsigned long flags) {
        return in_child(
                   ground, ground.policy(),
                   [flags] {
                       char byte = 0;
                       return result_of(::syscall(SYS_recvfrom, 3l, &byte, 1l, flags, nullptr, nullptr));
                   },
                   users()[0])
            .report.outcome;
    };
    constexpr unsigned long to_send = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE | MSG_EOR;
    constexpr unsigned long to_receive = MSG_PEEK | MSG_DONTWAIT | MSG_WAITALL | MSG_TRUNC | MSG_CMSG_CLOEXEC;
    constexpr unsigned long high = 1ul << 32;
    for (const unsigned long fine : {0ul, to_send, high | to_send}) CHECK(sent(fine) == ENOTSOCK);
    for (const unsigned long fine : {0ul, to_receive, high | to_receive}) CHECK(received(fine) == ENOTSOCK);
    for (unsigned long bit = 1; bit < high; bit <<= 1) {
        CAPTURE(bit);
        CHECK(sent(bit) == ((bit & to_send) != 0 ? ENOTSOCK : EPERM));
        CHECK(sent(to_send | bit) == ((bit & to_send) != 0 ? ENOTSOCK : EPERM));
        CHECK(received(bit) == ((bit & to_receive) != 0 ? ENOTSOCK : EPERM));
        CHECK(received(to_receive | bit) == ((bit & to_receive) != 0 ? ENOTSOCK : EPERM));
    }
}

TEST_CASE("a worker may signal itself, and nobody else") {
    const Ground ground;
    const auto outcome = [&](const Attempt& attempt) {
        return in_child(ground, ground.policy(), attempt, users()[0]).report.outcome;
    };
    CHECK(outcome([] { return result_of(::kill(::getpid(), 0)); }) == 0);
    CHECK(outcome([] { return result_of(::kill(::getppid(), 0)); }) == EPERM);
    CHECK(outcome([] { return result_of(::kill(-1, 0)); }) == EPERM);
    CHECK(outcome([] { return result_of(::kill(0, 0)); }) == EPERM);
    CHECK(outcome([] { return result_of(::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0)); }) == EPERM);
}

TEST_CASE("a read-only file is not cut short by opening it") {
    const Ground ground;
    for (const int flags : {O_RDONLY | O_TRUNC, O_ACCMODE, O_ACCMODE | O_TRUNC}) {
        CAPTURE(flags);
        CHECK(in_child(ground, ground.policy(), opening(ground / "readable/book", flags), users()[0]).report.outcome ==
              EPERM);
    }
    CHECK(tenon::base::read_file(ground / "readable/book", 100).value() == "text");
}

TEST_CASE("where Landlock does not see truncation yet, the filter stops it") {
    const Ground ground;
    Machine debian_12 = look_at_kernel();
    if (!tenon::test::machine_has(debian_12.landlock_abi >= 2, "Landlock as new as Debian 12's")) return;
    debian_12.landlock_abi = 2;
    const std::string book = ground / "granted/book";
    const Attempt cut = [book] { return result_of(::truncate(book.c_str(), 1)); };
    CHECK(in_child(ground, ground.policy(), cut, users()[0], Until::after_the_plugin, debian_12).report.outcome ==
          EPERM);
    CHECK(tenon::base::read_file(book, 100).value() == "text");
    CHECK(in_child(ground, ground.policy(), cut, users()[0]).report.outcome ==
          (look_at_kernel().landlock_abi >= 3 ? 0 : EPERM));
}

TEST_CASE("a strict worker sees no metadata of what it may not open, while the plugin is loaded, too") {
    const Ground ground;
    const std::string secret = ground / "secret", link = ground / "link";
    REQUIRE(::symlink(secret.c_str(), link.c_str()) == 0);
    struct {
        const char* what;
        int error;
        Attempt attempt;
    } const trials[] = {
        {"stat", EACCES,
         [&] {
             struct stat facts{};
             return result_of(::stat(secret.c_str(), &facts));
         }},
        {"lstat of a link", EACCES,
         [&] {
             struct stat facts{};
             return result_of(::lstat(link.c_str(), &facts));
         }},
        {"statx", ENOSYS,
         [&] {
             struct statx facts{};
             return result_of(::syscall(SYS_statx, AT_FDCWD, secret.c_str(), 0, STATX_BASIC_STATS, &facts));
         }},
        {"libc's statx", EACCES,
         [&] {
             struct statx facts{};
             return result_of(::statx(AT_FDCWD, secret.c_str(), 0, STATX_BASIC_STATS, &facts));
         }},
        {"access", EACCES, [&] { return result_of(::access(secret.c_str(), F_OK)); }},
        {"faccessat", EACCES, [&] { return result_of(::syscall(SYS_faccessat, AT_FDCWD, secret.c_str(), R_OK)); }},
        {"readlink", EACCES,
         [&] {
             std::array<char, 64> name{};
             return result_of(::readlink(link.c_str(), name.data(), name.size()));
         }},
        {"a descriptor of the name", EPERM, opening(secret, O_PATH)},
        {"a descriptor of the folder's name", EPERM, opening(secret, O_PATH | O_DIRECTORY | O_RDWR)},
    };
    for (const auto& trial : trials)
        for (const Until until : {Until::before_the_plugin, Until::after_the_plugin})
            if (std::string_view(trial.what) != "a descriptor of the folder's name")
                judge(ground, {trial.what, layer_seccomp, trial.error, trial.attempt}, until);
            else
                CHECK(in_child(ground, ground.policy(), trial.attempt, users()[0], until).report.outcome == EPERM);
    Policy standard = ground.policy();
    standard.level = Level::standard;
    CHECK(in_child(ground, standard, trials[0].attempt, users()[0]).report.outcome == 0);
    CHECK(in_child(ground, standard, opening(secret, O_PATH), users()[0]).report.outcome == EPERM);
}

TEST_CASE("a strict worker sees the metadata of what it may open") {
    const Ground ground;
    const std::string book = ground / "readable/book", folder = ground / "readable";
    struct stat real{};
    REQUIRE(::stat(book.c_str(), &real) == 0);
    const auto same = [real](int result, const struct stat& facts) {
        if (result != 0) return errno;
        return facts.st_ino == real.st_ino && facts.st_size == real.st_size && facts.st_mode == real.st_mode ? 0 : -2;
    };
    const Attempt attempts[] = {
        [=] {
            struct stat facts{};
            return same(::stat(book.c_str(), &facts), facts);
        },
        [=] {
            struct stat facts{};
            return same(::lstat(book.c_str(), &facts), facts);
        },
        [=] {
            struct stat facts{};
            return same(::fstat(::open(book.c_str(), O_RDONLY), &facts), facts);
        },
        [=] {
            struct stat facts{};
            const int beside = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
            return same(::fstatat(beside, "book", &facts, 0), facts);
        },
        [=] {
            struct stat facts{};
            return result_of(::stat(folder.c_str(), &facts));
        },
        [=] { return result_of(::access(book.c_str(), F_OK)); },
        [=] { return result_of(::access(folder.c_str(), R_OK | X_OK)); },
        [=] { return ::access(book.c_str(), W_OK) != 0 && errno == EACCES ? 0 : -2; },
        [=] { return ::access((folder + "/nothing").c_str(), F_OK) != 0 && errno == ENOENT ? 0 : -2; },
        [=] {
            std::array<char, PATH_MAX> path{};
            return ::realpath(book.c_str(), path.data()) != nullptr && path.data() == book ? 0 : errno;
        },
    };
    for (const uid_t user : users())
        for (const Attempt& attempt : attempts) {
            CAPTURE(user, &attempt - attempts);
            CHECK(in_child(ground, ground.policy(), attempt, user).report.outcome == 0);
        }
}

TEST_CASE("a SIGSYS that is of no such call ends a strict worker, as it would any") {
    const Ground ground;
    const Attempt send = [] { return ::raise(SIGSYS), 0; };
    CHECK(in_child(ground, ground.policy(), send, users()[0]).signal == SIGSYS);
}

#if defined(__x86_64__)
TEST_CASE("a call of a foreign architecture ends the worker") {
    const Ground ground;
    const Attempt getpid_of_i386 = [] {
        long result = 20;
        asm volatile("int $0x80" : "+a"(result)::"memory");
        return result > 0 ? 0 : static_cast<int>(-result);
    };
    CHECK(in_child(ground, ground.policy(), getpid_of_i386, users()[0]).signal == SIGSYS);
    const Attempt getpid_of_x32 = [] { return result_of(::syscall(0x40000000 | SYS_getpid)); };
    CHECK(in_child(ground, ground.policy(), getpid_of_x32, users()[0]).signal == SIGSYS);
}
#endif

TEST_CASE("a file can be mapped as code while the plugin is loaded, and not later, on no thread") {
    const Ground ground;
    const Attempt map = [file = ground / "readable/book"] {
        const int open = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
        if (open < 0) return -1;
        void* const memory = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, open, 0);
        return memory == MAP_FAILED ? errno : 0;
    };
    for (const uid_t user : users()) {
        CHECK(in_child(ground, ground.policy(), map, user, Until::before_the_plugin).report.outcome == 0);
        CHECK(in_child(ground, ground.policy(), map, user).report.outcome == EPERM);
        const Attempt on_a_thread = [&map] {
            int outcome = -1;
            std::thread([&] { outcome = map(); }).join();
            return outcome;
        };
        CHECK(in_child(ground, ground.policy(), on_a_thread, user).report.outcome == EPERM);
    }
    judge(ground, {"write code", layer_seccomp, EPERM, [] {
                       void* const memory =
                           ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                       return result_of(::mprotect(memory, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
                   }});
}

TEST_CASE("memory is written or executed, never both, while the plugin is loaded, too") {
    const Ground ground;
    const auto map = [](int rights, int flags) {
        return [=] { return ::mmap(nullptr, 4096, rights, flags, -1, 0) == MAP_FAILED ? errno : 0; };
    };
    constexpr int all = PROT_READ | PROT_WRITE | PROT_EXEC, own = MAP_PRIVATE | MAP_ANONYMOUS;
    const Until early = Until::before_the_plugin;
    judge(ground, {"write and execute", layer_seccomp, EPERM, map(all, own)}, early);
    judge(ground, {"execute", layer_seccomp, EPERM, map(PROT_READ | PROT_EXEC, own)}, early);
    judge(ground, {"execute what others write", layer_seccomp, EPERM, map(PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS)},
          early);
    judge(ground,
          {"execute what was written", layer_seccomp, EPERM,
           [] {
               void* const memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, own, -1, 0);
               return result_of(::mprotect(memory, 4096, PROT_READ | PROT_EXEC));
           }},
          early);
    CHECK(in_child(ground, ground.policy(), map(PROT_READ | PROT_WRITE, own), users()[0]).report.outcome == 0);
}

TEST_CASE("a link that was put into a granted path leads nowhere") {
    const Ground ground;
    REQUIRE(::symlink((ground / "secret").c_str(), (ground / "granted/file").c_str()) == 0);
    REQUIRE(::symlink(ground.path().c_str(), (ground / "granted/folder").c_str()) == 0);
    Policy policy = ground.policy();
    for (const char* const planted : {"granted/file", "granted/folder", "granted/folder/secret"}) {
        CAPTURE(planted);
        policy.paths = {{ground / planted, true, true}};
        for (const uid_t user : users())
            CHECK(in_child(ground, policy, opening(ground / "secret", O_RDONLY), user).report.outcome == EACCES);
    }
}

TEST_CASE("where close_range is not to be had, nothing stays open either") {
    const pid_t child = ::fork();
    if (child == 0) {
        sock_filter lines[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
                               {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_close_range},
                               {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS},
                               {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
        const sock_fprog program{4, lines};
        for (const int kept : {3, 4}) ::dup2(2, kept);
        for (const int extra : {5, 77, 200}) ::dup2(2, extra);
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) ::_exit(1);
        Start start;
        if (close_the_rest(start)) ::_exit(2);
        for (const int kept : {0, 1, 2, 3, 4})
            if (::fcntl(kept, F_GETFD) < 0) ::_exit(3);
        for (int extra = 5; extra < 1000; ++extra)
            if (::fcntl(extra, F_GETFD) >= 0) ::_exit(4);
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a thread that a constructor began is bound by the second filter, too") {
    const Ground ground;
    const Attempt attempt = [] {
        Start start;
        start.policy.level = Level::strict;
        start.machine = look_at_kernel();
        start.origin = "plugin.so";
        start.applied = layer_seccomp | layer_landlock;
        int go[2], outcome = -1;
        if (::pipe(go) != 0) return errno;
        std::thread thread([&] {
            char byte = 0;
            if (::read(go[0], &byte, 1) != 1) return;
            void* const memory = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            outcome = memory == MAP_FAILED ? errno : 0;
        });
        const bool bound = !after_the_plugin(start);
        const bool told = ::write(go[1], "x", 1) == 1;
        thread.join();
        return bound && told ? outcome : -2;
    };
    CHECK(in_child(ground, ground.policy(), attempt, users()[0], Until::before_the_plugin).report.outcome == EPERM);
}

TEST_CASE("the ceilings hold, and cannot be raised") {
    const Ground ground;
    const Attempt open_many = [] {
        for (int i = 0; i < 400; ++i)
            if (::dup(3) < 0) return errno;
        return 0;
    };
    judge(ground, {"open 400 descriptors", layer_limits, EMFILE, open_many});
    Policy policy = ground.policy();
    policy.ceilings.file_bytes = 1000;
    policy.ceilings.descriptors = 32;
    const std::string book = ground / "granted/book";
    const Attempt write_much = [book] {
        const int file = ::open(book.c_str(), O_WRONLY | O_CLOEXEC);
        const std::array<char, 600> bytes{};
        if (::write(file, bytes.data(), bytes.size()) != 600) return -1;
        return ::write(file, bytes.data(), bytes.size()) != 400 ? -2
                                                                : result_of(::write(file, bytes.data(), bytes.size()));
    };
    const Attempt raise = [] {
        const rlimit more{33, 33};
        return result_of(::setrlimit(RLIMIT_NOFILE, &more));
    };
    const Attempt raise_by_the_other_call = [] {
        const rlimit more{33, 33};
        return result_of(::syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &more, nullptr));
    };
    const Attempt limit_the_host = [] {
        return result_of(::syscall(SYS_prlimit64, ::getppid(), RLIMIT_NOFILE, nullptr, nullptr));
    };
    const Attempt cores = [] {
        rlimit now{1, 1};
        ::getrlimit(RLIMIT_CORE, &now);
        return static_cast<int>(now.rlim_max);
    };
    for (const uid_t user : users()) {
        CHECK(in_child(ground, policy, write_much, user).report.outcome == EFBIG);
        CHECK(in_child(ground, policy, raise, user).report.outcome == EPERM);
        CHECK(in_child(ground, policy, raise_by_the_other_call, user).report.outcome == EPERM);
        CHECK(in_child(ground, policy, limit_the_host, user).report.outcome == EPERM);
        CHECK(in_child(ground, policy, cores, user).report.outcome == 0);
    }
}

#if !TENON_ADDRESS_SANITIZER && !TENON_THREAD_SANITIZER
TEST_CASE("addresses end at the ceiling of memory") {
    const Ground ground;
    Policy policy = ground.policy();
    policy.ceilings.memory_bytes = 256u << 20;
    const Attempt reserve = [] {
        void* const memory = ::mmap(nullptr, 300u << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return memory == MAP_FAILED ? errno : 0;
    };
    CHECK(in_child(ground, policy, reserve, users()[0]).report.outcome == ENOMEM);
    policy.without = layer_limits;
    CHECK(in_child(ground, policy, reserve, users()[0]).report.outcome == 0);
}
#endif

TEST_CASE("a worker that has used up its processor time is ended by the kernel") {
    const Ground ground;
    Policy policy = ground.policy();
    policy.ceilings.cpu_seconds = 1;
    const Attempt compute = [] {
        ::signal(SIGXCPU, SIG_IGN);  // that is no way out
        for (std::atomic<unsigned> n{0};; ++n) continue;
        return 0;
    };
    const int signal = in_child(ground, policy, compute, users()[0]).signal;
    CHECK((signal == SIGKILL || signal == SIGXCPU));
}

TEST_CASE("threads end at their ceiling where the worker has a user namespace of its own") {
    const Ground ground;
    Policy policy = ground.policy();
    policy.ceilings.tasks = 8;
    const Attempt begin_many = [] {
        std::vector<std::thread> threads;
        int go[2];
        if (::pipe(go) != 0) return -1;
        int outcome = 0;
        for (int i = 0; i < 120 && outcome == 0; ++i) try {
                threads.emplace_back([&go] {
                    char byte = 0;
                    while (::read(go[0], &byte, 1) < 0) continue;
                });
            } catch (const std::system_error& error) {
                outcome = error.code().value();
            }
        ::close(go[1]);
        for (std::thread& thread : threads) thread.join();
        return outcome;
    };
    for (const uid_t user : users()) {
        const Ended ended = in_child(ground, policy, begin_many, user);
        CHECK(ended.report.outcome == (ended.report.own_user_namespace ? EAGAIN : 0));
        Policy more = policy;
        more.without = layer_limits;
        CHECK(in_child(ground, more, begin_many, user).report.outcome == 0);
    }
}

TEST_CASE("nothing of root is left") {
    const Ground ground;
    const Attempt look = [] {
        uid_t real = 0, effective = 0, saved = 0;
        ::getresuid(&real, &effective, &saved);
        if (real == 0 || effective == 0 || saved == 0) return 1;
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = {};
        if (::syscall(SYS_capget, &header, has) != 0) return 2;
        if ((has[0].effective | has[1].effective | has[0].permitted | has[1].permitted) != 0) return 3;
        if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 4;
        if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return 5;
        return 0;
    };
    for (const uid_t user : users()) CHECK(in_child(ground, ground.policy(), look, user).report.outcome == 0);
    if (!tenon::test::machine_has(::geteuid() == 0, "root among those who test")) return;
    Policy less = ground.policy();
    less.without = layer_privileges;
    CHECK(in_child(ground, less, look, 0).report.outcome == 1);
}

TEST_CASE("root's worker reads its private copy, which nobody else may, and no other file of root's") {
    if (!tenon::test::machine_has(::geteuid() == 0, "root among those who test")) return;
    const Ground ground;
    const std::string folder = ground / "library";
    REQUIRE(::chmod(folder.c_str(), 0700) == 0);
    REQUIRE(::chmod((ground / "library/plugin.so").c_str(), 0500) == 0);
    const Attempt read_it = [folder] { return result_of(::open((folder + "/plugin.so").c_str(), O_RDONLY)); };
    const Attempt write_it = [folder] { return result_of(::open((folder + "/plugin.so").c_str(), O_WRONLY)); };
    CHECK(in_child(ground, ground.policy(), read_it, 0).report.outcome == 0);
    CHECK(in_child(ground, ground.policy(), write_it, 0).report.outcome == EACCES);
    struct stat facts{};
    REQUIRE(::stat(folder.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 0750);
    CHECK(facts.st_uid == 0);
    CHECK(facts.st_gid == nobody);
    REQUIRE(::stat((folder + "/plugin.so").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 0550);
    // A folder that others may enter is not the copy's alone, and stays as it is.
    REQUIRE(::chown(folder.c_str(), 0, 0) == 0);
    REQUIRE(::chmod(folder.c_str(), 0755) == 0);
    in_child(ground, ground.policy(), read_it, 0);
    REQUIRE(::stat(folder.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 0755);
}

TEST_CASE("a worker has a network, an IPC and a host name of its own where that is allowed") {
    const Ground ground;
    const Machine machine = look_at_machine();
    for (const uid_t user : users()) {
        const Ended ended = in_child(ground, ground.policy(), [] { return 0; }, user);
        CHECK(ended.report.own_network == machine.namespaces);
        CHECK(ended.report.own_user_namespace == machine.user_namespaces);
    }
    if (!tenon::test::machine_has(machine.namespaces, "namespaces that may be made")) return;
    for (const char* const kind : {"net", "ipc", "uts"}) {
        CAPTURE(kind);
        const std::string link = std::string("/proc/self/ns/") + kind;
        std::array<char, 64> ours{};
        REQUIRE(::readlink(link.c_str(), ours.data(), ours.size() - 1) > 0);
        const Attempt is_ours = [link, ours] {
            std::array<char, 64> name{};
            return ::readlink(link.c_str(), name.data(), name.size() - 1) > 0 && name == ours ? 1 : 0;
        };
        Policy policy = ground.policy();
        policy.level = Level::standard;  // where links can be read
        CHECK(in_child(ground, policy, is_ours, users()[0]).report.outcome == 0);
        policy.without = layer_namespaces;
        CHECK(in_child(ground, policy, is_ours, users()[0]).report.outcome == 1);
    }
}

TEST_CASE("a worker whose machine lacks Landlock is refused, unless the operator allows it") {
    const Ground ground;
    Machine without = look_at_kernel();
    without.landlock_abi = 0;
    without.landlock_error = ENOSYS;
    without.kernel = "5.10.0";
    const Attempt nothing = [] { return 0; };
    Policy policy = ground.policy();
    CHECK(std::string(in_child(ground, policy, nothing, users()[0], Until::after_the_plugin, without).report.problem) ==
          "sandbox.missing-feature: files: the layer landlock needs Landlock (Linux 5.13), and Linux 5.10.0 here has "
          "none: Function not implemented");
    policy.allow_degraded = true;
    const Ended ended =
        in_child(ground, policy, opening(ground / "secret", O_RDONLY), users()[0], Until::after_the_plugin, without);
    CHECK(std::string(ended.report.problem) == "");
    CHECK(ended.report.outcome == 0);
    CHECK(ended.report.applied == (all_layers & ~std::uint32_t{layer_landlock}));
}

TEST_CASE("a layer that the kernel does not take is a problem") {
    const Ground ground;
    // 16 sets of rules are the most that a process can have.
    const Attempt stack_up = [&] {
        for (int i = 0; i < 20; ++i) {
            Start start;
            start.policy = ground.policy();
            start.policy.without = all_layers & ~std::uint32_t{layer_landlock};
            start.machine = look_at_kernel();
            start.parent = ::getppid();
            start.library = ground / "library/plugin.so";
            start.origin = "plugin.so";
            const tenon::base::Check problem = before_the_plugin(start);
            if (!problem) continue;
            const bool right = problem->id == "sandbox.layer-failed" &&
                               problem->text ==
                                   "plugin.so: its worker cannot be confined: landlock: its rules: "
                                   "Argument list too long";
            return right ? 1 : 2;
        }
        return 0;
    };
    Policy policy = ground.policy();
    policy.level = Level::standard;
    policy.without = all_layers;
    policy.paths.clear();
    CHECK(in_child(ground, policy, stack_up, users()[0]).report.outcome == 1);
}

TEST_CASE("a canary that lives ends the start") {
    // A layer that is said to be in place, and is not.
    const Ground ground;
    const Attempt only_said = [] {
        Start start;
        start.policy.level = Level::strict;
        start.machine = look_at_kernel();
        start.origin = "plugin.so";
        start.applied = layer_landlock;
        const tenon::base::Check problem = after_the_plugin(start);
        return problem && problem->id == "sandbox.canary" &&
                       problem->text ==
                           "plugin.so: its worker is not confined: with the layer landlock in place it "
                           "could still list the folder /"
                   ? 1
                   : 2;
    };
    Policy policy = ground.policy();
    policy.without = layer_landlock;
    CHECK(in_child(ground, policy, only_said, users()[0], Until::before_the_plugin).report.outcome == 1);
}
