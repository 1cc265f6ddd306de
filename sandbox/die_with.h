// The worker's half of "when the host dies, its workers die"; the host's half is in supervisor.h.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace tenon::sandbox {

// Asks the kernel to kill this process when the thread that started it ends. False if that has happened already, or
// cannot be asked for: then the caller ends the process. `parent` is the host's pid, which it gave on the command line.
// First thing in main(), before another PID namespace hides the parent; and again after each change of user or group,
// which takes the wish back.
inline bool die_with(pid_t parent) noexcept {
    return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

}  // namespace tenon::sandbox
