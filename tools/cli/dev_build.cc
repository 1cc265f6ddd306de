#include "tools/cli/dev_build.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/clock.h"
#include "tools/cli/screen.h"

extern char** environ;

namespace tenon::cli {
namespace {

constexpr std::uint64_t grace_ns = 2'000'000'000;
constexpr int look_every_ms = 20;

// What posix_spawn takes, given back at the end.
struct Setup {
    posix_spawn_file_actions_t files{};
    posix_spawnattr_t attributes{};

    Setup(const StopSignal& stop, bool quiet) {
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (quiet) posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setsigmask(&attributes, &stop.before());
    }
    ~Setup() {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }
    Setup(const Setup&) = delete;
    Setup& operator=(const Setup&) = delete;
};

base::Problem not_started(const std::string& program, int error) {
    return {"dev.build-not-started",
            fmt::format("the build command {} cannot be started: {}", shown(program), std::strerror(error)),
            "Name a program and its arguments behind --; for more than one command, sh -c '...'."};
}

base::Check problem_of_status(int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    const std::string how = WIFEXITED(status) ? fmt::format("with exit code {}", WEXITSTATUS(status))
                                              : fmt::format("by signal {}", WTERMSIG(status));
    return base::Problem{"dev.build-failed", fmt::format("the build ended {}; nothing was loaded or reloaded", how),
                         "Mend what it says above, and save the file."};
}

// The process's status when it has ended.
bool ended(pid_t child, int& status) {
    return ::waitpid(child, &status, WNOHANG) == child;
}

// Returns when the process has ended; true if that was because the user wanted it.
bool wait_for(pid_t child, StopSignal& stop, int& status) {
    const base::Fd end(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    std::uint64_t kill_at = UINT64_MAX;
    while (!ended(child, status)) {
        struct pollfd waits[] = {{stop.descriptor(), POLLIN, 0}, {end.get(), POLLIN, 0}};  // -1 is passed over
        ::poll(waits, 2, end && kill_at == UINT64_MAX ? -1 : look_every_ms);
        if (kill_at == UINT64_MAX && stop.came()) {
            ::kill(-child, SIGTERM);
            kill_at = base::monotonic_ns() + grace_ns;
        }
        if (base::monotonic_ns() >= kill_at) ::kill(-child, SIGKILL);
    }
    return stop.came();
}

}  // namespace

Built run_build(const std::vector<std::string>& command, StopSignal& stop, bool quiet) {
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const Setup setup(stop, quiet);
    const std::uint64_t begun = base::monotonic_ns();
    ::signal(SIGCHLD, SIG_DFL);  // who was told to ignore it learns nothing of its children
    pid_t child = -1;
    Built built;
    if (const int error = ::posix_spawnp(&child, words[0], &setup.files, &setup.attributes, words.data(), environ)) {
        built.problem = not_started(command[0], error);
        return built;
    }
    int status = 0;
    built.stopped = wait_for(child, stop, status);
    built.problem = problem_of_status(status);
    built.ns = base::monotonic_ns() - begun;
    return built;
}

}  // namespace tenon::cli
