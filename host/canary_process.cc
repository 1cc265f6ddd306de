// One socket carries the order there and the answers back, one pipe the output, and a pidfd tells of the end. The
// helper reads its order first: until then it lives, and its pid is its own.
#include "host/canary_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "base/fd.h"

namespace tenon::host {

namespace {

constexpr std::size_t kept_output = 4096;
constexpr std::size_t shown_garbage = 24;
constexpr std::size_t most_at_once = 1u << 20;  // of what somebody writes without end

// The helper's descriptors lie above those that they become there: none overwrites another on the way.
base::Fd out_of_the_way(int raw) {
    const base::Fd low(raw);
    return base::Fd(::fcntl(low.get(), F_DUPFD_CLOEXEC, 10));
}

struct CanaryEnds {
    base::Fd line, output;                // ours
    base::Fd its_line, its_output, null;  // the helper's

    // False with errno.
    bool open() {
        std::array<int, 2> raw{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, raw.data()) != 0) return false;
        line = base::Fd(raw[0]);
        its_line = out_of_the_way(raw[1]);
        if (!its_line || ::pipe2(raw.data(), O_CLOEXEC) != 0) return false;
        output = base::Fd(raw[0]);
        its_output = out_of_the_way(raw[1]);
        if (!its_output || ::fcntl(output.get(), F_SETFL, O_NONBLOCK) != 0) return false;
        const int opened = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (opened >= 0) null = out_of_the_way(opened);
        return static_cast<bool>(null);
    }
    void close_its() {
        for (base::Fd* fd : {&its_line, &its_output, &null}) fd->close();
    }
};

// In a process group of its own, so that what the plugin starts ends with it. Returns an errno.
int spawn_canary(const std::string& helper, const CanaryEnds& ends, pid_t& pid) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    if (const int error = ::posix_spawn_file_actions_init(&files); error != 0) return error;
    int error = ::posix_spawnattr_init(&attributes);
    if (error == 0) {
        const std::array<std::array<int, 2>, 4> moves{{{ends.null.get(), 0},
                                                       {ends.its_output.get(), 1},
                                                       {ends.its_output.get(), 2},
                                                       {ends.its_line.get(), loader::canary_line}}};
        for (const auto& [from, to] : moves)
            if (error == 0) error = ::posix_spawn_file_actions_adddup2(&files, from, to);
        if (error == 0) error = ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        std::string program = helper, option = "--line", line = std::to_string(loader::canary_line);
        const std::array<char*, 4> arguments{program.data(), option.data(), line.data(), nullptr};
        if (error == 0) error = ::posix_spawn(&pid, helper.c_str(), &files, &attributes, arguments.data(), environ);
        ::posix_spawnattr_destroy(&attributes);
    }
    ::posix_spawn_file_actions_destroy(&files);
    return error;
}

class CanaryTalk {
public:
    CanaryTalk(CanaryRun& run, CanaryEnds& ends, const base::Fd& process, const loader::CanaryOrder& order)
        : run_(run),
          ends_(ends),
          process_(process),
          order_(encode(order)),
          unsent_(order_),
          before_(order.before.size()) {}

    // Returns when the helper has ended, or must.
    void until(std::uint64_t deadline) {
        bool ended = false;
        while (!ended && !run_.garbled) {
            const std::uint64_t now = base::monotonic_ns();
            if (now >= deadline) {
                run_.timed_out = true;
                return;
            }
            ended = wait(deadline - now);
            if (!unsent_.empty() && !ended) send();
            hear_output();
            hear_answers();
        }
    }

private:
    // Whether the helper has ended; what it said before that can be read now.
    bool wait(std::uint64_t nanoseconds) {
        const auto line_events = static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT);
        std::array<pollfd, 3> watched{
            {{process_.get(), POLLIN, 0}, {ends_.line.get(), line_events, 0}, {ends_.output.get(), POLLIN, 0}}};
        const std::uint64_t seconds = std::min<std::uint64_t>(nanoseconds / 1'000'000'000, 86'400);
        const timespec left{static_cast<time_t>(seconds), static_cast<long>(nanoseconds % 1'000'000'000)};
        return ::ppoll(watched.data(), watched.size(), &left, nullptr) > 0 && watched[0].revents != 0;
    }

    // Whoever reads nothing keeps nobody waiting, and SIGPIPE is the application's.
    void send() {
        const ssize_t sent = ::send(ends_.line.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) unsent_.remove_prefix(static_cast<std::size_t>(sent));
        if (sent < 0 && errno != EAGAIN && errno != EINTR) unsent_ = {};
        if (unsent_.empty()) ::shutdown(ends_.line.get(), SHUT_WR);
    }

    // What has arrived; closes the descriptor at its end. `take` gets each piece.
    template <class Take>
    void hear(base::Fd& from, Take&& take) {
        std::array<char, 16 * 1024> piece;
        for (std::size_t sum = 0; from && sum < most_at_once;) {
            const ssize_t got = &from == &ends_.line ? ::recv(from.get(), piece.data(), piece.size(), MSG_DONTWAIT)
                                                     : ::read(from.get(), piece.data(), piece.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) return;
            if (got <= 0) {
                from.close();
                return;
            }
            if (!take(std::string_view(piece.data(), static_cast<std::size_t>(got)))) return;
            sum += static_cast<std::size_t>(got);
        }
    }

    void hear_output() {
        hear(ends_.output, [this](std::string_view piece) {
            run_.output += piece;
            if (run_.output.size() > kept_output) {
                run_.output.erase(0, run_.output.size() - kept_output);
                run_.output_cut = true;
            }
            return true;
        });
    }

    void hear_answers() {
        hear(ends_.line, [this](std::string_view piece) {
            answers_.add(piece);
            while (const std::optional<loader::CanaryAnswer> answer = answers_.next())
                if (!believe(*answer)) return false;
            run_.garbled = answers_.garbled();
            if (run_.garbled) run_.garbage = answers_.rest().substr(0, shown_garbage);
            return !run_.garbled;
        });
    }

    // Each stage comes in its turn, and nothing after a refusal.
    std::pair<loader::CanaryStage, std::uint32_t> next() const {
        using loader::CanaryStage;
        const std::uint32_t index = run_.stage == CanaryStage::before ? run_.which + 1 : 0;
        if (run_.stage <= CanaryStage::before)
            return index < before_ ? std::pair(CanaryStage::before, index) : std::pair(CanaryStage::loading, 0u);
        return {static_cast<CanaryStage>(static_cast<std::uint32_t>(run_.stage) + 1), 0u};
    }

    bool believe(const loader::CanaryAnswer& answer) {
        const auto wanted = answer.refused ? std::pair(run_.stage, run_.which) : next();
        if (run_.refusal || std::pair(answer.stage, answer.which) != wanted) {
            run_.garbled = true;
            return false;
        }
        run_.stage = answer.stage;
        run_.which = answer.which;
        if (answer.refused) run_.refusal = answer;
        return true;
    }

    CanaryRun& run_;
    CanaryEnds& ends_;
    const base::Fd& process_;
    const std::string order_;
    std::string_view unsent_;
    const std::size_t before_;
    loader::CanaryAnswers answers_;
};

int wait_for(idtype_t kind, id_t id, siginfo_t& info, int options) {
    int result = 0;
    do result = ::waitid(kind, id, &info, options);
    while (result != 0 && errno == EINTR);
    return result;
}

// While the helper is not yet collected, no other process group can have its number. An application that ignores
// SIGCHLD, or collects everything, leaves nothing to collect.
void collect_canary(CanaryRun& run, const base::Fd& process, pid_t pid) {
    constexpr auto by_pidfd = static_cast<idtype_t>(3);  // P_PIDFD; older C libraries do not name it
    const auto id = static_cast<id_t>(process.get());
    if (run.timed_out || run.garbled) ::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0);
    siginfo_t info{};
    if (wait_for(by_pidfd, id, info, WEXITED | WNOWAIT) != 0) return;
    run.collected = true;
    (info.si_code == CLD_EXITED ? run.status : run.signal) = info.si_status;
    ::kill(-pid, SIGKILL);
    wait_for(by_pidfd, id, info, WEXITED);
}

std::string words_of(const char* call, int error) {
    return fmt::format("{}: {}", call, std::strerror(error));
}

}  // namespace

CanaryRun run_canary(const std::string& helper, loader::CanaryOrder order, std::uint64_t timeout_ns) {
    const std::uint64_t begin = base::monotonic_ns();
    CanaryRun run;
    CanaryEnds ends;
    if (!ends.open()) {
        run.unavailable = words_of("no pipe to it can be made", errno);
        return run;
    }
    pid_t pid = -1;
    if (const int error = spawn_canary(helper, ends, pid); error != 0) {
        run.unavailable = words_of("cannot be started", error);
        return run;
    }
    ends.close_its();
    const base::Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process) {
        run.unavailable = words_of("cannot be watched (pidfd_open)", errno);
        ::kill(pid, SIGKILL);
        siginfo_t info{};
        wait_for(P_PID, static_cast<id_t>(pid), info, WEXITED);
        return run;
    }
    order.parent = static_cast<std::uint32_t>(::getpid());
    try {
        CanaryTalk(run, ends, process, order).until(timeout_ns > UINT64_MAX - begin ? UINT64_MAX : begin + timeout_ns);
    } catch (...) {  // out of memory; the process goes first
        run.timed_out = true;
        collect_canary(run, process, pid);
        throw;
    }
    collect_canary(run, process, pid);
    return run;
}

}  // namespace tenon::host
