// Nothing of the host is copied for the child (posix_spawn, no fork), and no shell reads anything.
#include "sandbox/broker/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "sandbox/broker/refusal.h"
#include "sandbox/broker/sigpipe.h"

namespace tenon::sandbox::broker {

using base::Check;
using base::Fd;
using base::Problem;
using base::Result;

namespace {

constexpr int burial_ms = 2000;                      // for a program that was killed
constexpr auto by_pidfd = static_cast<idtype_t>(3);  // P_PIDFD; older C libraries do not name it

Problem not_started(const std::string& program, int error) {
    return {"broker.not-started", fmt::format("process:{}: cannot be started: {}", program, std::strerror(error)),
            "look whether the program is there, and whether this user may execute it"};
}

struct Pipe {
    Fd read, write;
};

// Above 2, so that no end is overwritten on its way to 0, 1 or 2 of the child. An errno.
int make_pipe(Pipe& pipe) {
    std::array<int, 2> raw{-1, -1};
    if (::pipe2(raw.data(), O_CLOEXEC) != 0) return errno;
    const Fd first(raw[0]), second(raw[1]);
    pipe.read = Fd(::fcntl(raw[0], F_DUPFD_CLOEXEC, 3));
    pipe.write = Fd(::fcntl(raw[1], F_DUPFD_CLOEXEC, 3));
    return pipe.read && pipe.write ? 0 : errno;
}

struct Pipes {
    Pipe input, output, errors;
};

int make_pipes(Pipes& pipes) {
    int error = 0;
    for (Pipe* const pipe : {&pipes.input, &pipes.output, &pipes.errors})
        if (error == 0) error = make_pipe(*pipe);
    for (const Fd* const ours : {&pipes.input.write, &pipes.output.read, &pipes.errors.read})
        if (error == 0 && ::fcntl(ours->get(), F_SETFL, O_NONBLOCK) != 0) error = errno;
    return error;
}

class Actions {
public:
    Actions() : error_(::posix_spawn_file_actions_init(&raw_)), made_(error_ == 0) {}
    ~Actions() {
        if (made_) ::posix_spawn_file_actions_destroy(&raw_);
    }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;

    int order(const Pipes& pipes) {
        const std::array<int, 3> becomes{pipes.input.read.get(), pipes.output.write.get(), pipes.errors.write.get()};
        for (int i = 0; i < 3; ++i)
            if (error_ == 0)
                error_ = ::posix_spawn_file_actions_adddup2(&raw_, becomes[static_cast<std::size_t>(i)], i);
        if (error_ == 0) error_ = ::posix_spawn_file_actions_addclosefrom_np(&raw_, 3);
        if (error_ == 0) error_ = ::posix_spawn_file_actions_addchdir_np(&raw_, "/");
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
    Attributes() : error_(::posix_spawnattr_init(&raw_)), made_(error_ == 0) {}
    ~Attributes() {
        if (made_) ::posix_spawnattr_destroy(&raw_);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;

    int order() {
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        if (error_ == 0) error_ = ::posix_spawnattr_setpgroup(&raw_, 0);
        if (error_ == 0) error_ = ::posix_spawnattr_setsigmask(&raw_, &none);
        if (error_ == 0) error_ = ::posix_spawnattr_setsigdefault(&raw_, &all);
        constexpr auto flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        if (error_ == 0) error_ = ::posix_spawnattr_setflags(&raw_, static_cast<short>(flags));
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

// Kills and collects on destruction, the group while its number is surely the group's: until its leader is collected.
class Child {
public:
    Child(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
    Child(Child&&) = default;
    Child& operator=(Child&&) = delete;
    ~Child() {
        if (pidfd_) collect();
    }
    int pidfd() const { return pidfd_.get(); }

    // False if somebody else collected it.
    bool collect(siginfo_t* ending = nullptr) {
        const Fd pidfd = std::move(pidfd_);
        siginfo_t info{};
        if (wait(pidfd, info, WEXITED | WNOWAIT | WNOHANG)) ::kill(-pid_, SIGKILL);
        ::syscall(SYS_pidfd_send_signal, pidfd.get(), SIGKILL, nullptr, 0);
        info.si_status = SIGKILL;
        const bool ours = !ends_soon(pidfd) || wait(pidfd, info, WEXITED);
        if (ending != nullptr) *ending = info;
        return ours;
    }

private:
    // One that hangs in the kernel, that somebody traces, or that has become another user's may not: nobody waits for
    // it.
    static bool ends_soon(const Fd& pidfd) {
        pollfd watched{pidfd.get(), POLLIN, 0};
        int result = 0;
        do result = ::poll(&watched, 1, burial_ms);
        while (result < 0 && errno == EINTR);
        return result > 0;
    }
    static bool wait(const Fd& pidfd, siginfo_t& info, int options) {
        int result = 0;
        do result = ::waitid(by_pidfd, static_cast<id_t>(pidfd.get()), &info, options);
        while (result != 0 && errno == EINTR);
        return result == 0;
    }

    pid_t pid_;
    Fd pidfd_;
};

Result<Child> start(const ChildOrder& order, const Pipes& pipes) {
    Actions actions;
    Attributes attributes;
    int error = actions.order(pipes);
    if (error == 0) error = attributes.order();
    const std::vector<char*> arguments = texts_of(&order.program, order.arguments);
    const std::vector<char*> environment = texts_of(nullptr, order.environment);
    pid_t pid = -1;
    if (error == 0)
        error = ::posix_spawn(&pid, order.program.c_str(), actions.get(), attributes.get(), arguments.data(),
                              environment.data());
    if (error != 0) return not_started(order.program, error);
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (pidfd) return Child(pid, std::move(pidfd));
    error = errno;
    ::kill(-pid, SIGKILL);  // not collected yet, so the number is its own
    ::waitpid(pid, nullptr, 0);
    return not_started(order.program, error);
}

// Reads what is there. False if that is too much.
bool drain(Fd& from, std::string& to, std::uint64_t most_bytes) {
    std::array<char, 65536> piece{};
    while (from) {
        const ssize_t got = ::read(from.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return true;
        if (got <= 0) {
            from.close();
        } else {
            if (to.size() + static_cast<std::size_t>(got) > most_bytes) return false;
            to.append(piece.data(), static_cast<std::size_t>(got));
        }
    }
    return true;
}

// Writes what fits. The pipe is closed at the end, and once nobody reads it.
void feed(Fd& to, std::string_view& input) {
    while (to && !input.empty()) {
        const ssize_t put = ::write(to.get(), input.data(), input.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0 && errno == EAGAIN) return;
        if (put < 0) break;
        input.remove_prefix(static_cast<std::size_t>(put));
    }
    to.close();
}

// Until the program ends: not until nobody holds its pipes any more, for its own children may.
Check converse(const ChildOrder& order, const Child& child, Pipes& pipes, Ran& ran) {
    std::string_view input = order.input;
    const auto failed = [&](const char* id, std::string text, const char* fix) {
        return Problem{id, fmt::format("process:{}: {}", order.program, text), fix};
    };
    feed(pipes.input.write, input);
    for (bool ended = false;;) {
        if (!drain(pipes.output.read, ran.output, order.most_bytes) ||
            !drain(pipes.errors.read, ran.errors, order.most_bytes))
            return failed("broker.too-large", fmt::format("it printed more than {} bytes", order.most_bytes),
                          "ask for less");
        if (ended) return {};
        if (order.patience.stopped()) return stopped("process:" + order.program);
        if (order.patience.left_ms() == 0)
            return failed("broker.timeout", "did not end in time, and was killed", "ask for less");
        std::array<pollfd, 4> events{{{child.pidfd(), POLLIN, 0},
                                      {pipes.output.read.get(), POLLIN, 0},
                                      {pipes.errors.read.get(), POLLIN, 0},
                                      {pipes.input.write.get(), POLLOUT, 0}}};
        if (::poll(events.data(), events.size(), order.patience.wait_ms()) < 0 && errno != EINTR)
            return failed("broker.io", std::strerror(errno), "free memory or descriptors of the host");
        ended = (events[0].revents & POLLIN) != 0;
        if (events[3].revents != 0) feed(pipes.input.write, input);
    }
}

}  // namespace

Result<Ran> run_child(const ChildOrder& order) {
    Pipes pipes;
    if (const int error = make_pipes(pipes); error != 0) return not_started(order.program, error);
    Result<Child> child = start(order, pipes);
    if (!child) return child.problem();
    pipes.input.read.close();
    pipes.output.write.close();
    pipes.errors.write.close();
    const WithoutSigpipe quiet;
    Ran ran;
    if (Check no = converse(order, child.value(), pipes, ran)) return std::move(*no);
    siginfo_t ending{};
    if (!child.value().collect(&ending))
        return Problem{"broker.io", fmt::format("process:{}: how it ended is not known", order.program),
                       "let the application collect only children that it started itself"};
    ran.exited = ending.si_code == CLD_EXITED;
    ran.status = ending.si_status;
    return ran;
}

}  // namespace tenon::sandbox::broker
