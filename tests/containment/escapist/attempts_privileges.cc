// What only a privileged process may do. Calls that would hurt the machine are made with arguments that the kernel
// looks at after it has looked at the privilege: they fail with another errno where the privilege is there.
#include <linux/capability.h>
#include <sys/resource.h>

#include <array>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

Outcome become_root(const Words&) {
    return of(call(SYS_setresuid, 0, 0, 0), std::to_string(call(SYS_gettid)));
}

Outcome take_capabilities(const Words&) {
    __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets{};
    sets[0] = {1u << CAP_SYS_CHROOT, 1u << CAP_SYS_CHROOT, 0};
    return of(call(SYS_capset, &head, sets.data()), std::to_string(call(SYS_gettid)));
}

Outcome run_before_others(const Words&) {
    return of(call(SYS_setpriority, PRIO_PROCESS, 0, -5), std::to_string(call(SYS_gettid)));
}

Outcome rename_machine(const Words& words) {
    const std::string_view name = words[0];
    return of(call(SYS_sethostname, name.data(), name.size()));
}

Outcome reboot(const Words&) {
    return of(call(SYS_reboot, 0, 0, 0, nullptr));
}

Outcome load_module(const Words&) {
    return of(call(SYS_init_module, nullptr, 0L, ""));
}

Outcome replace_kernel(const Words&) {
    return of(call(SYS_kexec_load, 0L, 1000L, nullptr, 0L));
}

Outcome swap_on(const Words&) {
    return of(call(SYS_swapon, "/nowhere/at/all", 0));
}

Outcome keep_accounts(const Words&) {
    return of(call(SYS_acct, "/nowhere/at/all"));
}

constexpr Attempt attempts[] = {
    {"become_root", become_root},
    {"take_capabilities", take_capabilities},
    {"run_before_others", run_before_others},
    {"rename_machine", rename_machine},
    {"reboot", reboot},
    {"load_module", load_module},
    {"replace_kernel", replace_kernel},
    {"swap_on", swap_on},
    {"keep_accounts", keep_accounts},
};

}  // namespace

Attempts privilege_attempts() {
    return attempts;
}

}  // namespace escapist
