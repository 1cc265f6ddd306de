// Other processes: signals to them, their memory and descriptors, and how they run.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>

#include <array>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

// Words of most: the process, then what else.
Outcome signal_process(const Words& words) {
    return of(call(SYS_kill, words.number(0), words.number(1)));
}

Outcome signal_thread(const Words& words) {
    return of(call(SYS_tgkill, words.number(0), words.number(0), words.number(1)));
}

Outcome signal_by_descriptor(const Words& words) {
    const long process = call(SYS_pidfd_open, words.number(0), 0);
    return process < 0 ? of(process) : of(call(SYS_pidfd_send_signal, process, words.number(1), nullptr, 0));
}

// Words: the signal.
Outcome signal_all(const Words& words) {
    return of(call(SYS_kill, -1L, words.number(0)));
}

// A pipe that tells another process of what comes.
Outcome signal_by_pipe(const Words& words) {
    std::array<int, 2> ends{};
    if (const long made = call(SYS_pipe2, ends.data(), 0); made < 0) return of(made);
    if (const long set = call(SYS_fcntl, ends[0], F_SETOWN, words.number(0)); set < 0) return of(set);
    if (const long set = call(SYS_fcntl, ends[0], F_SETSIG, words.number(1)); set < 0) return of(set);
    if (const long set = call(SYS_fcntl, ends[0], F_SETFL, O_ASYNC); set < 0) return of(set);
    return of(call(SYS_write, ends[1], "x", 1L));
}

Outcome trace(const Words& words) {
    return of(call(SYS_ptrace, PTRACE_SEIZE, words.number(0), 0L, 0L));
}

// Words: a secret. Says where it has it from now on.
Outcome hold_secret(const Words& words) {
    static std::string secret;
    secret = words[0];
    return {0, 0, std::to_string(reinterpret_cast<std::uintptr_t>(secret.data()))};
}

// Words: the process, an address, how many bytes are there.
Outcome read_memory(const Words& words) {
    std::string text(static_cast<std::size_t>(words.number(2)), '\0');
    const iovec here{text.data(), text.size()}, there{words.address(1), text.size()};
    const long size = call(SYS_process_vm_readv, words.number(0), &here, 1L, &there, 1L, 0L);
    return of(size, legible(text));
}

// Words: the process, an address, the text to be there.
Outcome write_memory(const Words& words) {
    std::string text = words[2];
    const iovec here{text.data(), text.size()}, there{words.address(1), text.size()};
    return of(call(SYS_process_vm_writev, words.number(0), &here, 1L, &there, 1L, 0L));
}

// Words: the process, an address, how many bytes are there.
Outcome read_memory_file(const Words& words) {
    const std::string path = std::string("/proc/") + words[0] + "/mem";
    const long memory = call(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY);
    if (memory < 0) return of(memory);
    std::string text(static_cast<std::size_t>(words.number(2)), '\0');
    const long size = call(SYS_pread64, memory, text.data(), text.size(), words.address(1));
    return of(size, legible(text));
}

// Words: the process, the number of its descriptor.
Outcome take_descriptor(const Words& words) {
    const long process = call(SYS_pidfd_open, words.number(0), 0);
    if (process < 0) return of(process);
    const long taken = call(SYS_pidfd_getfd, process, words.number(1), 0);
    if (taken < 0) return of(taken);
    std::string text(4096, '\0');
    const long size = call(SYS_pread64, taken, text.data(), text.size(), 0L);
    return of(size, size < 0 ? "" : text.substr(0, static_cast<std::size_t>(size)));
}

Outcome read_link(const Words& words) {
    std::string text(4096, '\0');
    const long size = call(SYS_readlinkat, AT_FDCWD, words[0], text.data(), text.size());
    return of(size, size < 0 ? "" : text.substr(0, static_cast<std::size_t>(size)));
}

Outcome change_priority(const Words& words) {
    return of(call(SYS_setpriority, PRIO_PROCESS, words.number(0), words.number(1)));
}

Outcome change_affinity(const Words& words) {
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    return of(call(SYS_sched_setaffinity, words.number(0), sizeof first, &first));
}

// Words: the process, how many descriptors it may have.
Outcome change_limit(const Words& words) {
    const rlimit limit{static_cast<rlim_t>(words.number(1)), static_cast<rlim_t>(words.number(1))};
    return of(call(SYS_prlimit64, words.number(0), RLIMIT_NOFILE, &limit, nullptr));
}

constexpr Attempt attempts[] = {
    {"signal_process", signal_process},
    {"signal_thread", signal_thread},
    {"signal_by_descriptor", signal_by_descriptor},
    {"signal_all", signal_all},
    {"signal_by_pipe", signal_by_pipe},
    {"trace", trace},
    {"hold_secret", hold_secret},
    {"read_memory", read_memory},
    {"write_memory", write_memory},
    {"read_memory_file", read_memory_file},
    {"take_descriptor", take_descriptor},
    {"read_link", read_link},
    {"change_priority", change_priority},
    {"change_affinity", change_affinity},
    {"change_limit", change_limit},
};

}  // namespace

Attempts signal_attempts() {
    return attempts;
}

}  // namespace escapist
