// Each layer is seen to refuse something. What is tried does no harm if it is not refused: the worker ends then.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

bool refused(long result, int error) {
    return result < 0 && errno == error;
}

bool is_granted(const Policy& policy, std::string_view path) {
    return policy.level != Level::locked && std::any_of(policy.paths.begin(), policy.paths.end(),
                                                        [&](const PathRule& rule) { return rule.path == path; });
}

// A child would say nothing and end at once.
long try_to_fork() {
    const long child = ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) ::_exit(0);
    return child;
}

}  // namespace

base::Check see_limits_hold(Start& start) {
    rlimit cores{}, files{};
    if (::getrlimit(RLIMIT_CORE, &cores) != 0 || cores.rlim_max != 0)
        return canary_lives(start, layer_limits, "write core files");
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return layer_failed(start, layer_limits, "getrlimit", errno, "");
    const rlimit more{files.rlim_max, files.rlim_max + 1};
    if (start.has(layer_privileges) && !refused(::setrlimit(RLIMIT_NOFILE, &more), EPERM))
        return canary_lives(start, layer_limits, "raise its limit of open files");
    return {};
}

base::Check see_privileges_gone(Start& start) {
    uid_t real = 0, effective = 0, saved = 0;
    if (::getresuid(&real, &effective, &saved) != 0 || real == 0 || effective == 0 || saved == 0)
        return canary_lives(start, layer_privileges, "act as root");
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = {};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    if (::syscall(SYS_capget, &header, has) != 0 || std::memcmp(has, none, sizeof has) != 0)
        return canary_lives(start, layer_privileges, "use capabilities");
    if (::setresuid(0, 0, 0) == 0) return canary_lives(start, layer_privileges, "become root");
    if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 || ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        return canary_lives(start, layer_privileges, "be looked into, or gain privileges");
    return {};
}

// To connect a datagram socket sends nothing; it only looks for a way.
base::Check see_network_gone(Start& start) {
    if (!start.own_network) return {};
    const base::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return {};  // a kernel without
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(9);
    address.sin_addr.s_addr = htonl(0xC0000201);  // 192.0.2.1, of no network
    if (refused(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), ENETUNREACH))
        return {};
    return canary_lives(start, layer_namespaces, "find a way into a network");
}

base::Check see_files_refused(Start& start) {
    if (is_granted(start.policy, "/")) return {};
    const base::Fd root(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (root) return canary_lives(start, layer_landlock, "list the folder /");
    if (errno == EACCES || errno == EPERM) return {};  // the second: by the filter, at the level locked
    return layer_failed(start, layer_landlock, "the folder / is refused in another way", errno, "");
}

base::Check see_calls_refused(Start& start) {
    const base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket || errno != EPERM) return canary_lives(start, layer_seccomp, "make a socket");
    if (!refused(try_to_fork(), EPERM)) return canary_lives(start, layer_seccomp, "start a process");
    if (!refused(::unshare(0), EPERM)) return canary_lives(start, layer_seccomp, "leave a namespace");
    const base::Fd name(::open("/", O_PATH | O_CLOEXEC));
    if (name || errno != EPERM) return canary_lives(start, layer_seccomp, "open the name of a file");
    if (!refused(::syscall(SYS_clone3, nullptr, 0), ENOSYS))
        return canary_lives(start, layer_seccomp, "start a process by clone3");
    if (!refused(::getppid() > 0 ? ::kill(::getppid(), 0) : 0, EPERM))
        return canary_lives(start, layer_seccomp, "send signals to the host");
    return {};
}

// By the filter and Landlock together; where that one is left out, all files may be opened, and looked at.
base::Check see_metadata_refused(Start& start) {
    if (!hides_metadata(start)) return {};
    struct stat facts{};
    if (::syscall(SYS_newfstatat, start.folder.get(), "", &facts, AT_EMPTY_PATH) != 0)
        return layer_failed(start, layer_seccomp, "the handler of trapped calls", errno, "");
    if (!start.has(layer_landlock) || is_granted(start.policy, "/")) return {};
    if (!refused(::syscall(SYS_newfstatat, AT_FDCWD, "/", &facts, 0), EACCES))
        return canary_lives(start, layer_seccomp, "see how large a file is that it may not open");
    if (!refused(::syscall(SYS_statx, AT_FDCWD, "/", 0, 0, nullptr), ENOSYS))
        return canary_lives(start, layer_seccomp, "see by statx how large a file is");
    return {};
}

base::Check see_second_filter(Start& start) {
    for (std::uint32_t i = 0; i < marks; ++i)
        if (!refused(::prctl(static_cast<int>(first_mark_option + i), 0, 0, 0, 0), static_cast<int>(start.marks[i])))
            return base::Problem{
                "sandbox.canary",
                fmt::format("{}: its worker is not confined: the second filter of system calls was said to be on, and "
                            "is not",
                            start.origin),
                "A constructor of it, or of a library that it needs, has put on a filter that says so: do not use it."};
    return {};
}

base::Check see_new_code_refused(Start& start) {
    const auto size = static_cast<std::size_t>(::getpagesize());
    void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return layer_failed(start, layer_seccomp, "mmap", errno, "Raise its ceiling of memory.");
    const bool changed = !refused(::mprotect(memory, size, PROT_READ | PROT_EXEC), EPERM);
    ::munmap(memory, size);
    if (changed) return canary_lives(start, layer_seccomp, "make memory executable");
    void* const code = ::mmap(nullptr, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code != MAP_FAILED || errno != EPERM) return canary_lives(start, layer_seccomp, "map executable memory");
    if (!refused(::syscall(SYS_seccomp, 0, 0, nullptr), EPERM))
        return canary_lives(start, layer_seccomp, "change its filter");
    return {};
}

}  // namespace tenon::sandbox
