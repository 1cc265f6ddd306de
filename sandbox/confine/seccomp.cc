// System calls, by two filters that make_filters.cc has compiled. The first is put on before the plugin's constructors
// run, which happens while it is being loaded; it still allows what loading needs, memory that is executable. The
// second one takes that away, from all threads.
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <span>

#include "sandbox/confine/filters.h"
#include "sandbox/confine/own_pid.h"
#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

// Returns an errno.
int put_on(std::span<const sock_filter> compiled) {
    std::vector<sock_filter> lines(compiled.begin(), compiled.end());
    const auto pid = static_cast<std::uint32_t>(::getpid());
    for (sock_filter& line : lines)
        if (BPF_CLASS(line.code) == BPF_JMP && line.k == pid_to_be) line.k = pid;
    const sock_fprog program{static_cast<unsigned short>(lines.size()), lines.data()};
    const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result > 0) return EBUSY;  // the thread of this number has a filter of its own
    return result == 0 ? 0 : errno;
}

}  // namespace

base::Check filter_calls(Start& start) {
    constexpr unsigned abi_with_truncation = 3;
    const bool truncation = start.machine.landlock_abi >= abi_with_truncation;
    const int error = truncation ? put_on(first_filter) : put_on(first_filter_before_truncation);
    if (error == 0) return {};
    return layer_failed(start, layer_seccomp, "the filter of system calls", error, "");
}

base::Check forbid_new_code(Start& start) {
    const bool files = start.policy.level != Level::locked;
    const int error = files ? put_on(second_filter) : put_on(second_filter_without_files);
    if (error == 0) return {};
    return layer_failed(start, layer_seccomp, "the second filter of system calls", error,
                        "Its constructors must not filter system calls in threads of their own.");
}

}  // namespace tenon::sandbox
