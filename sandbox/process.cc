// posix_spawn does not copy the page tables of a large host, as fork would: the child borrows the memory until its
// exec. The pidfd names the process for good; its number is used only while nobody has collected it.
#include "sandbox/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/clock.h"

namespace tenon::sandbox {

namespace {

constexpr int first_descriptor = 3;
constexpr std::uint64_t burial_ns = 2'000'000'000;  // for a process that was killed
constexpr std::uint64_t tracer_ns = 20'000'000;  // and has ended: the kernel is told before the parent can collect it
constexpr int by_pidfd = 3;                      // P_PIDFD; older C libraries do not name it

const char* remedy(int error) {
    switch (error) {
        case ENOENT:
            return "install the program there, or name the place where it is";
        case EACCES:
        case EPERM:
            return "let this user execute the program, and check that its file system is not mounted noexec";
        case EAGAIN:
            return "raise the limit of processes (ulimit -u, or pids.max of the control group)";
        case EMFILE:
        case ENFILE:
            return "raise the limit of open files (ulimit -n)";
        case ENOMEM:
            return "free memory, or raise the limit of the control group";
        case ESRCH:
            return "let the application collect only children that it started itself";
        case ENOEXEC:
            return "install the program that was built for this processor";
        default:
            return "";
    }
}

base::Problem not_started(const std::string& program, const char* what, int error) {
    return {"worker.not-started",
            fmt::format("{}: the worker process cannot be started: {}: {}", program, what, std::strerror(error)),
            remedy(error)};
}

// What the child gets, above all numbers that it becomes there: none overwrites another on the way.
class Copies {
public:
    // False with errno.
    bool add(int raw, int becomes, int above) {
        base::Fd copy(::fcntl(raw, F_DUPFD_CLOEXEC, above));
        if (!copy) return false;
        moves_.push_back({std::move(copy), becomes});
        return true;
    }
    // An errno.
    int order(posix_spawn_file_actions_t& actions) const {
        for (const Move& move : moves_)
            if (const int error = ::posix_spawn_file_actions_adddup2(&actions, move.from.get(), move.to); error != 0)
                return error;
        return 0;
    }

private:
    struct Move {
        base::Fd from;
        int to;
    };
    std::vector<Move> moves_;
};

// The child's own group, and the descriptors by which it gets into it. Without one, its limits stand alone.
struct Membership {
    std::optional<Group> group;
    std::vector<base::Fd> doors;

    // What was not to be had is told where the child's own words go.
    Membership(const Launch& launch, int output) {
        if (!launch.ceilings) return;
        const std::optional<GroupPlace>& place = own_group_place();
        if (launch.ceilings->cpu_percent != 0 && !(place && place->counts(&GroupTree::cpu)))
            ::dprintf(output, "tenon-worker: there is no control group for it: cpu = \"%llu %%\" is not enforced\n",
                      static_cast<unsigned long long>(launch.ceilings->cpu_percent));
        if (!place) return;
        std::string trouble;
        if (std::optional<Group> made = Group::make(*place, *launch.ceilings, trouble)) group.emplace(std::move(*made));
        std::optional<std::vector<base::Fd>> open = group ? group->doors() : std::nullopt;
        if (group && !open) trouble = std::strerror(errno);
        if (open) doors = std::move(*open);
        if (!open) group.reset();
        if (!trouble.empty()) ::dprintf(output, "tenon-worker: no control group of its own: %s\n", trouble.c_str());
    }
    std::vector<std::string> arguments() const {
        return doors.empty() ? std::vector<std::string>()
                             : std::vector<std::string>{"--groups", std::to_string(doors.size())};
    }
};

bool copy_all(Copies& copies, const std::vector<int>& descriptors, int output) {
    const int above = first_descriptor + static_cast<int>(descriptors.size());
    const base::Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    bool fine =
        null && copies.add(null.get(), 0, above) && copies.add(output, 1, above) && copies.add(output, 2, above);
    int becomes = first_descriptor;
    for (const int raw : descriptors) fine = fine && copies.add(raw, becomes++, above);
    return fine;
}

class Actions {
public:
    Actions() : error_(::posix_spawn_file_actions_init(&raw_)) { made_ = error_ == 0; }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    ~Actions() {
        if (made_) ::posix_spawn_file_actions_destroy(&raw_);
    }
    // Then closes what other threads may have opened without O_CLOEXEC. Returns an errno.
    int order(const Copies& copies, [[maybe_unused]] int above) {
        if (error_ == 0) error_ = copies.order(raw_);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
        if (error_ == 0) error_ = ::posix_spawn_file_actions_addclosefrom_np(&raw_, above);
#endif
        return error_;
    }
    const posix_spawn_file_actions_t* get() const { return &raw_; }

private:
    posix_spawn_file_actions_t raw_;
    int error_;
    bool made_;
};

class Attributes {
public:
    Attributes() : error_(::posix_spawnattr_init(&raw_)) { made_ = error_ == 0; }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() {
        if (made_) ::posix_spawnattr_destroy(&raw_);
    }
    // A group of its own, no signal blocked and none ignored. Returns an errno.
    int order() {
        sigset_t none, all;
        ::sigemptyset(&none);
        std::memset(&all, 0xff, sizeof all);  // sigfillset leaves out two that glibc uses itself
        if (error_ == 0) error_ = ::posix_spawnattr_setpgroup(&raw_, 0);
        const sched_param usual{};  // not that of the thread that starts it
        if (error_ == 0) error_ = ::posix_spawnattr_setschedpolicy(&raw_, SCHED_OTHER);
        if (error_ == 0) error_ = ::posix_spawnattr_setschedparam(&raw_, &usual);
        if (error_ == 0) error_ = ::posix_spawnattr_setsigmask(&raw_, &none);
        if (error_ == 0) error_ = ::posix_spawnattr_setsigdefault(&raw_, &all);
        if (error_ == 0)
            error_ =
                ::posix_spawnattr_setflags(&raw_, static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSCHEDULER |
                                                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
        return error_;
    }
    const posix_spawnattr_t* get() const { return &raw_; }

private:
    posix_spawnattr_t raw_;
    int error_;
    bool made_;
};

// posix_spawn wants char*, and changes nothing.
std::vector<char*> texts_of(const std::string* first, const std::vector<std::string>& texts) {
    std::vector<char*> all;
    if (first != nullptr) all.push_back(const_cast<char*>(first->c_str()));
    for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
    all.push_back(nullptr);
    return all;
}

// The system call has what the library's function has not: what the process used. Returns an errno; 0 with info.si_pid
// 0 means not yet.
int wait_child(int kind, int id, siginfo_t& info, rusage& used, int options) noexcept {
    long result = 0;
    do result = ::syscall(SYS_waitid, kind, id, &info, options, &used);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

std::uint64_t time_ns(const timeval& time) noexcept {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(time.tv_usec) * 1'000u;
}

Ending ending_of(const siginfo_t& info, const rusage& used) noexcept {
    Ending ending;
    ending.how = info.si_code == CLD_EXITED ? Ending::How::exited : Ending::How::signalled;
    (info.si_code == CLD_EXITED ? ending.status : ending.signal) = info.si_status;
    ending.core = info.si_code == CLD_DUMPED;
    const auto number = [](long value) { return static_cast<std::uint64_t>(value); };
    ending.usage = {time_ns(used.ru_utime), time_ns(used.ru_stime), number(used.ru_maxrss), number(used.ru_minflt),
                    number(used.ru_majflt), number(used.ru_nvcsw),  number(used.ru_nivcsw)};
    return ending;
}

// Whether the number is still that of the child: it has not been collected.
bool is_ours(int pidfd) noexcept {
    siginfo_t info{};
    rusage used{};
    return wait_child(by_pidfd, pidfd, info, used, WEXITED | WNOWAIT | WNOHANG) == 0;
}

void discard_child(pid_t pid) noexcept {
    siginfo_t info{};
    rusage used{};
    if (wait_child(P_PID, pid, info, used, WEXITED | WNOWAIT | WNOHANG) != 0) return;
    ::kill(-pid, SIGKILL);
    wait_child(P_PID, pid, info, used, WEXITED);
}

}  // namespace

base::Result<Process> Process::spawn(const Launch& launch, int output) {
    Membership membership(launch, output);
    std::vector<int> descriptors = launch.descriptors;
    for (const base::Fd& door : membership.doors) descriptors.push_back(door.get());
    Copies copies;
    if (!copy_all(copies, descriptors, output)) return not_started(launch.program, "no descriptors for it", errno);
    Actions actions;
    Attributes attributes;
    int error = actions.order(copies, first_descriptor + static_cast<int>(descriptors.size()));
    if (error == 0) error = attributes.order();
    std::vector<std::string> words = launch.arguments;
    for (std::string& word : membership.arguments()) words.push_back(std::move(word));
    const std::vector<char*> arguments = texts_of(&launch.program, words);
    const std::vector<char*> environment = texts_of(nullptr, launch.environment);
    pid_t pid = -1;
    if (error == 0)
        error = ::posix_spawn(&pid, launch.program.c_str(), actions.get(), attributes.get(), arguments.data(),
                              environment.data());
    if (error != 0) return not_started(launch.program, "posix_spawn", error);
    base::Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    error = pidfd ? ESRCH : errno;
    if (pidfd && is_ours(pidfd.get())) return Process(pid, std::move(pidfd), std::move(membership.group));
    discard_child(pid);
    return not_started(launch.program, "pidfd_open", error);
}

Process::Process(Process&& other) noexcept
    : pid_(other.pid_), group_(std::move(other.group_)), pidfd_(std::move(other.pidfd_)) {
    other.group_.reset();
}

Process::~Process() {
    if (!pidfd_) return;
    kill();
    collect(base::monotonic_ns() + burial_ns);
}

// The group first: it exists for as long as its leader is not collected, even if that has ended or has left it.
void Process::kill() const noexcept {
    if (!pidfd_) return;
    if (is_ours(pidfd_.get())) ::kill(-pid_, SIGKILL);
    ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);
}

bool Process::has_ended(std::uint64_t until_ns) const noexcept {
    const std::uint64_t now = base::monotonic_ns(), ms = until_ns > now ? (until_ns - now) / 1'000'000 + 1 : 0;
    pollfd end{pidfd_.get(), POLLIN, 0};
    return ::poll(&end, 1, static_cast<int>(std::min<std::uint64_t>(ms, 60'000))) == 1;
}

std::optional<Ending> Process::collect(std::uint64_t until_ns) noexcept {
    for (;;) {
        if (std::optional<Ending> ending = try_collect()) return ending;
        const std::uint64_t now = base::monotonic_ns();
        if (now >= until_ns) return std::nullopt;
        if (!has_ended(until_ns)) continue;
        until_ns = std::min(until_ns, now + tracer_ns);
        ::poll(nullptr, 0, 1);
    }
}

std::optional<Ending> Process::try_collect() noexcept {
    if (!pidfd_) return Ending{};
    siginfo_t info{};
    rusage used{};
    const int error = wait_child(by_pidfd, pidfd_.get(), info, used, WEXITED | WNOWAIT | WNOHANG);
    if (error == 0 && info.si_pid == 0) return std::nullopt;
    Ending ending;
    if (error == 0) {
        ending = ending_of(info, used);
        ::kill(-pid_, SIGKILL);
        wait_child(by_pidfd, pidfd_.get(), info, used, WEXITED | WNOHANG);
        ending.out_of_memory = ending.signal == SIGKILL && group_ && group_->ran_out_of_memory();
    }
    pidfd_.close();
    group_.reset();
    return ending;
}

std::string to_text(const Ending& ending) {
    switch (ending.how) {
        case Ending::How::exited:
            return fmt::format("exited with status {}", ending.status);
        case Ending::How::signalled:
            return fmt::format("was ended by signal {} ({}){}", ending.signal, ::strsignal(ending.signal),
                               ending.core            ? ", core dumped"
                               : ending.out_of_memory ? ", out of memory"
                                                      : "");
        case Ending::How::kept:
            return "ended; how is not known, because a tracer keeps it";
        default:
            return "ended; how is not known, because the application collects its children itself";
    }
}

}  // namespace tenon::sandbox
