// Ceilings that the kernel holds for a process, soft and hard alike: without CAP_SYS_RESOURCE they can only be lowered.
//
// Of addresses, not of memory: what is reserved and never touched counts. So glibc is told not to reserve what it does
// not need: two heaps of its own instead of eight for each processor, and threads with stacks of 1 MiB instead of 8.
//
// RLIMIT_NPROC counts the tasks of a user, everywhere. It means something only in a user namespace of its own, where
// the kernel counts that namespace's tasks alone: there, the plugin has the ceiling's number beside the threads that a
// worker itself may have. Elsewhere threads are bounded by their stacks, within the ceiling of addresses, and by
// pids.max where the host has that; other processes are not started at all, which is the filter's doing.
#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/sanitizer.h"
#include "sandbox/confine/steps.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox {

namespace {

constexpr std::size_t stack_bytes = 1u << 20;
constexpr int most_heaps = 2;

constexpr bool reserves_terabytes = TENON_ADDRESS_SANITIZER || TENON_THREAD_SANITIZER;  // before main()

struct Ceiling {
    int resource;
    const char* name;
    std::uint64_t soft, hard;
};

// False with errno. A ceiling that stands lower already stays.
bool lower(const Ceiling& ceiling) {
    rlimit now{};
    if (::getrlimit(static_cast<__rlimit_resource_t>(ceiling.resource), &now) != 0) return false;
    const rlimit wanted{std::min<rlim_t>(now.rlim_max, ceiling.soft), std::min<rlim_t>(now.rlim_max, ceiling.hard)};
    return ::setrlimit(static_cast<__rlimit_resource_t>(ceiling.resource), &wanted) == 0;
}

void reserve_little() {
    ::mallopt(M_ARENA_MAX, most_heaps);
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) != 0) return;
    if (::pthread_attr_setstacksize(&attributes, stack_bytes) == 0) ::pthread_setattr_default_np(&attributes);
    ::pthread_attr_destroy(&attributes);
}

}  // namespace

base::Check limit_resources(Start& start) {
    const Ceilings& wanted = start.policy.ceilings;
    const std::uint64_t memory = reserves_terabytes ? 0 : wanted.memory_bytes;
    if (memory != 0) reserve_little();
    // At the soft ceiling of processor time the kernel sends SIGXCPU, which can be caught; at the hard one SIGKILL.
    const Ceiling ceilings[] = {{RLIMIT_CORE, "RLIMIT_CORE", 0, 0},
                                {RLIMIT_AS, "RLIMIT_AS", memory, memory},
                                {RLIMIT_CPU, "RLIMIT_CPU", wanted.cpu_seconds, wanted.cpu_seconds + 1},
                                {RLIMIT_NOFILE, "RLIMIT_NOFILE", wanted.descriptors, wanted.descriptors},
                                {RLIMIT_FSIZE, "RLIMIT_FSIZE", wanted.file_bytes, wanted.file_bytes}};
    for (const Ceiling& ceiling : ceilings) {
        if (ceiling.soft == 0 && ceiling.resource != RLIMIT_CORE) continue;
        if (!lower(ceiling)) return layer_failed(start, layer_limits, ceiling.name, errno, "");
    }
    ::signal(SIGXFSZ, SIG_IGN);  // a write beyond the ceiling fails with EFBIG, and does not end the worker
    return {};
}

// Groups are used where they are to be had: without one, the limits of the process stand alone, and that is told.
base::Check join_groups(Start& start) {
    for (int door = first_door; door < first_door + start.groups; ++door)
        if (::write(door, "0", 1) != 1)
            fmt::print(stderr, "tenon-worker: no control group of its own: {}\n", std::strerror(errno));
    return {};
}

base::Check limit_tasks(Start& start) {
    const std::uint64_t most = start.policy.ceilings.tasks;
    if (most == 0 || !start.own_user_namespace) return {};
    const std::uint64_t all = most + own_threads;
    if (lower({RLIMIT_NPROC, "RLIMIT_NPROC", all, all})) return {};
    return layer_failed(start, layer_limits, "RLIMIT_NPROC", errno, "");
}

}  // namespace tenon::sandbox
