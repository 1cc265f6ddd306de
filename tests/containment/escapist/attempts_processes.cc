// New processes, other programs, namespaces and threads. A child that was made says so in a file, and ends.
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

long open_marker(const Words& words) {
    return call(SYS_openat, AT_FDCWD, words[0], O_WRONLY | O_CREAT, 0600);
}

// In the child. It shares the locks of threads that it does not have: system calls only.
[[noreturn]] void leave_mark(long marker) {
    call(SYS_write, marker, "child", 5L);
    for (;;) call(SYS_exit_group, 0);
}

Outcome end_of(long child) {
    if (child < 0) return of(child);
    while (call(SYS_wait4, child, nullptr, 0, nullptr) < 0 && errno == EINTR) {
    }
    return {child};
}

Outcome clone_with(unsigned long flags, const Words& words) {
    const long marker = open_marker(words);
    const long child = call(SYS_clone, flags | SIGCHLD, 0L, 0L, 0L, 0L);
    if (child == 0) leave_mark(marker);
    return end_of(child);
}

Outcome fork_child(const Words& words) {
    return clone_with(0, words);
}

Outcome clone_new_user(const Words& words) {
    return clone_with(CLONE_NEWUSER, words);
}

int run_on_shared_memory(void* marker) {
    leave_mark(*static_cast<long*>(marker));
}

Outcome clone_sharing_memory(const Words& words) {
    constexpr std::size_t room = 65536;
    const auto stack = std::make_unique<std::array<char, room>>();
    long marker = open_marker(words);
    return end_of(::clone(run_on_shared_memory, stack->data() + room, CLONE_VM | CLONE_VFORK | SIGCHLD, &marker));
}

Outcome clone_by_new_call(const Words& words) {
    const long marker = open_marker(words);
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    const long child = call(SYS_clone3, &arguments, sizeof arguments);
    if (child == 0) leave_mark(marker);
    return end_of(child);
}

// Into a session of its own, where nobody would look for it.
Outcome fork_and_leave(const Words& words) {
    const long marker = open_marker(words);
    const long child = call(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);
    if (child == 0) {
        if (call(SYS_setsid) > 0) leave_mark(marker);
        for (;;) call(SYS_exit_group, 1);
    }
    return end_of(child);
}

// Children that stay, and end with this thread at the latest; no more than the words say.
Outcome fork_many(const Words& words) {
    long made = 0;
    while (made < words.number(0)) {
        const long child = call(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L);
        if (child < 0) return of(child);
        if (child == 0) {
            call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
            for (;;) call(SYS_ppoll, nullptr, 0, nullptr, nullptr, 8L);
        }
        ++made;
    }
    return {made, 0, std::to_string(call(SYS_gettid))};
}

// Threads that are there at the same time, and end before this does.
Outcome many_threads(const Words& words) {
    std::vector<pthread_t> threads;
    std::atomic<bool> over{false};
    int error = 0;
    for (long i = 0; error == 0 && i < words.number(0); ++i) {
        pthread_t thread{};
        error = ::pthread_create(
            &thread, nullptr,
            [](void* until) -> void* {
                while (!static_cast<std::atomic<bool>*>(until)->load()) ::usleep(1000);
                return nullptr;
            },
            &over);
        if (error == 0) threads.push_back(thread);
    }
    over = true;
    for (const pthread_t thread : threads) ::pthread_join(thread, nullptr);
    return {error == 0 ? static_cast<std::int64_t>(threads.size()) : -1, error, std::to_string(threads.size())};
}

// Words: the program, and the file that it is to make.
Outcome execute(const Words& words) {
    const std::array<const char*, 3> arguments{words[0], words[1], nullptr};
    const std::array<const char*, 1> environment{nullptr};
    return of(call(SYS_execve, words[0], arguments.data(), environment.data()));
}

// By the descriptor of its name where there is one to be had; else by the same call with the name.
Outcome execute_descriptor(const Words& words) {
    const long program = call(SYS_openat, AT_FDCWD, words[0], O_PATH);
    const std::array<const char*, 3> arguments{words[0], words[1], nullptr};
    const std::array<const char*, 1> environment{nullptr};
    if (program < 0) return of(call(SYS_execveat, AT_FDCWD, words[0], arguments.data(), environment.data(), 0));
    return of(call(SYS_execveat, program, "", arguments.data(), environment.data(), AT_EMPTY_PATH));
}

Outcome leave_names(const Words&) {
    return of(call(SYS_unshare, CLONE_NEWUTS), std::to_string(call(SYS_gettid)));
}

// In a thread that stays, with nothing in its table.
Outcome take_own_table(const Words&) {
    std::promise<Outcome> outcome;
    std::thread([&outcome] {
        const long taken = call(SYS_close_range, 0L, 0xffffffffL, static_cast<long>(CLOSE_RANGE_UNSHARE));
        outcome.set_value(of(taken, std::to_string(call(SYS_gettid))));
        for (;;) call(SYS_ppoll, nullptr, 0L, nullptr, nullptr, 8L);
    }).detach();
    return outcome.get_future().get();
}

Outcome join_names(const Words& words) {
    const long names = call(SYS_openat, AT_FDCWD, words[0], O_RDONLY);
    return names < 0 ? of(names) : of(call(SYS_setns, names, 0), std::to_string(call(SYS_gettid)));
}

Outcome join_group(const Words& words) {
    return of(call(SYS_setpgid, 0, words.number(0)));
}

Outcome clear_death_signal(const Words&) {
    return of(call(SYS_prctl, PR_SET_PDEATHSIG, 0));
}

Outcome run_in_real_time(const Words&) {
    const sched_param priority{1};
    return of(call(SYS_sched_setscheduler, 0, SCHED_FIFO, &priority), std::to_string(call(SYS_gettid)));
}

constexpr Attempt attempts[] = {
    {"fork_child", fork_child},
    {"clone_new_user", clone_new_user},
    {"clone_sharing_memory", clone_sharing_memory},
    {"clone_by_new_call", clone_by_new_call},
    {"fork_and_leave", fork_and_leave},
    {"fork_many", fork_many},
    {"many_threads", many_threads},
    {"execute", execute},
    {"execute_descriptor", execute_descriptor},
    {"leave_names", leave_names},
    {"take_own_table", take_own_table},
    {"join_names", join_names},
    {"join_group", join_group},
    {"clear_death_signal", clear_death_signal},
    {"run_in_real_time", run_in_real_time},
};

}  // namespace

Attempts process_attempts() {
    return attempts;
}

}  // namespace escapist
