#include "sandbox/machine.h"

#include <fmt/format.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "sandbox/cgroup_lines.h"

namespace tenon::sandbox {

namespace {

// Since Linux 5.13; older headers of a C library do not name it, and its number is the same on all processors.
constexpr long landlock_create_ruleset = 444;
constexpr unsigned landlock_version = 1;

constexpr std::uint64_t longest_list = 1u << 20;

extern "C" int tenon_sandbox_end_at_once(void*) {
    ::syscall(SYS_exit, 0);
    return 0;
}

// Whether this process may start one with such namespaces. It shares our memory while we wait, so the host's size is
// no matter, and it ends without a signal to us.
bool may_clone(int namespaces) {
    alignas(16) std::array<char, 16 * 1024> stack;
    const int pid =
        ::clone(tenon_sandbox_end_at_once, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | namespaces, nullptr);
    if (pid < 0) return false;
    while (::waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
    }
    return true;
}

constexpr int own_things = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

void look_at_namespaces(Machine& machine) {
    machine.user_namespaces = may_clone(CLONE_NEWUSER);
    machine.namespaces = may_clone(own_things) || (machine.user_namespaces && may_clone(CLONE_NEWUSER | own_things));
}

void look_at_controllers(Machine& machine) {
    const base::Result<std::string> mounts = base::read_file("/proc/self/mountinfo", longest_list);
    const base::Result<std::string> groups = base::read_file("/proc/self/cgroup", longest_list);
    if (!mounts || !groups) return;
    const CgroupMounts mounted = cgroup_mounts(mounts.value());
    machine.cgroup_version = !mounted.unified.empty() ? 2 : !mounted.legacy.empty() ? 1 : 0;
    for (const char* const name : {"memory", "pids", "cpu"}) {
        std::optional<Controller> found = controller_in(name, mounted, groups.value());
        if (!found) continue;
        found->writable = ::access(found->folder.c_str(), W_OK) == 0;
        machine.controllers.push_back(std::move(*found));
    }
}

base::Problem no_landlock(const Machine& machine) {
    return {"sandbox.missing-feature",
            fmt::format("files: the layer landlock needs Landlock (Linux 5.13), and Linux {} here has none: {}",
                        machine.kernel, std::strerror(machine.landlock_error)),
            machine.landlock_error == EOPNOTSUPP
                ? "Start the kernel with landlock in its parameter lsm=, or let the operator say allow_degraded."
                : "Use a kernel that is built with Landlock, or let the operator say allow_degraded."};
}

base::Problem no_seccomp(const Machine& machine) {
    return {"sandbox.missing-feature",
            fmt::format("processes and network: the layer seccomp needs filters of system calls, and Linux {} here has "
                        "none",
                        machine.kernel),
            "Use a kernel that is built with CONFIG_SECCOMP_FILTER, or let the operator say allow_degraded."};
}

}  // namespace

Machine look_at_kernel() {
    Machine machine;
    utsname names{};
    if (::uname(&names) == 0) machine.kernel = names.release;
    machine.uid = ::geteuid();
    const long abi = ::syscall(landlock_create_ruleset, nullptr, 0, landlock_version);
    if (abi < 0)
        machine.landlock_error = errno;
    else
        machine.landlock_abi = static_cast<unsigned>(abi);
    machine.seccomp = ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr, 0, 0) != 0 && errno == EFAULT;
    return machine;
}

Machine look_at_machine() {
    Machine machine = look_at_kernel();
    look_at_namespaces(machine);
    look_at_controllers(machine);
    return machine;
}

Machine look_at_groups() {
    Machine machine;
    look_at_controllers(machine);
    return machine;
}

std::uint32_t missing_layers(const Machine& machine) {
    return (machine.namespaces ? 0u : layer_namespaces) | (machine.landlock_abi != 0 ? 0u : layer_landlock) |
           (machine.seccomp ? 0u : layer_seccomp);
}

base::Check can_enforce(const Policy& policy, const Machine& machine) {
    if (!policy.confines() || policy.allow_degraded) return {};
    const std::uint32_t missing = missing_layers(machine) & ~policy.without;
    if ((missing & layer_landlock) != 0) return no_landlock(machine);
    if ((missing & layer_seccomp) != 0) return no_seccomp(machine);
    return {};
}

}  // namespace tenon::sandbox
