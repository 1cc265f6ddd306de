// Nothing that the worker's user has beside files: no uid 0, no capabilities and no way to new ones, and no other
// process of the same user may look into it.
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sandbox/confine/nobody.h"
#include "sandbox/confine/steps.h"
#include "sandbox/die_with.h"

namespace tenon::sandbox {

base::Check drop_root(Start& start) {
    ::umask(077);
    if (::geteuid() != 0 && ::getuid() != 0) return {};
    if (::setgroups(0, nullptr) == 0 && ::setresgid(nobody, nobody, nobody) == 0 &&
        ::setresuid(nobody, nobody, nobody) == 0)
        return {};
    return layer_failed(start, layer_privileges, "root cannot become another user", errno,
                        "Run the host as an ordinary user, or give root CAP_SETUID and CAP_SETGID back.");
}

base::Check drop_capabilities(Start& start) {
    // Who has no CAP_SETPCAP cannot drop from the bounding set, and without new privileges it gives nothing.
    for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) break;
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    if (::syscall(SYS_capset, &header, none) == 0) return {};
    return layer_failed(start, layer_privileges, "capset", errno, "");
}

base::Check die_with_the_host(Start& start) {
    if (die_with(start.parent)) return {};
    ::_exit(0);  // it has gone, and nobody is there to hear why
}

base::Check hide_memory(Start& start) {
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0) return {};
    return layer_failed(start, layer_privileges, "PR_SET_DUMPABLE", errno, "");
}

base::Check forbid_new_privileges(Start& start) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) return {};
    return layer_failed(start, layer_privileges, "PR_SET_NO_NEW_PRIVS", errno, "");
}

}  // namespace tenon::sandbox
