// System calls, by filters that make_filters.cc has compiled. The first is put on, with one that keeps the worker's
// descriptors, before the plugin's constructors run, which happens while it is being loaded; it still allows what
// loading needs, private files that are executable. The second one takes that away, from all threads. A constructor may
// have put a filter of its own in between, which says of the second one that it is on: so the second one is asked for
// what only it knows.
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <vector>

#include "sandbox/confine/filters.h"
#include "sandbox/confine/own_pid.h"
#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

// Returns an errno.
int draw(Marks& drawn) {
    const long got = ::syscall(SYS_getrandom, drawn.data(), sizeof drawn, 0);
    if (got != static_cast<long>(sizeof drawn)) return got < 0 ? errno : EIO;
    for (std::uint32_t& mark : drawn) mark = least_mark + mark % different_marks;
    return 0;
}

void put_in(const Marks& drawn, sock_filter& line) {
    if (BPF_CLASS(line.code) != BPF_RET || (line.k & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO) return;
    const std::uint32_t index = (line.k & SECCOMP_RET_DATA) - first_mark_to_be;
    if (index < drawn.size()) line.k = SECCOMP_RET_ERRNO | drawn[index];
}

// Returns an errno.
int put_on(std::span<const sock_filter> compiled, const Marks& drawn = {}) {
    std::vector<sock_filter> lines(compiled.begin(), compiled.end());
    const auto pid = static_cast<std::uint32_t>(::getpid());
    for (sock_filter& line : lines) {
        if (BPF_CLASS(line.code) == BPF_JMP && line.k == pid_to_be) line.k = pid;
        put_in(drawn, line);
    }
    const sock_fprog program{static_cast<unsigned short>(lines.size()), lines.data()};
    const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    if (result > 0) return EBUSY;  // the thread of this number has a filter of its own
    return result == 0 ? 0 : errno;
}

int put_on_first(bool truncation) {
    return truncation ? put_on(first_filter) : put_on(first_filter_before_truncation);
}
int put_on_without_metadata(bool truncation) {
    return truncation ? put_on(first_filter_without_metadata) : put_on(first_filter_without_metadata_before_truncation);
}

}  // namespace

bool hides_metadata(const Start& start) noexcept {
    return start.has(layer_seccomp) && start.policy.level != Level::standard;
}

base::Check filter_calls(Start& start) {
    constexpr unsigned abi_with_truncation = 3;
    const bool truncation = start.machine.landlock_abi >= abi_with_truncation;
    int error = put_on(keeping_filter);
    if (error == 0) error = hides_metadata(start) ? put_on_without_metadata(truncation) : put_on_first(truncation);
    if (error == 0) return {};
    return layer_failed(start, layer_seccomp, "the filter of system calls", error, "");
}

base::Check forbid_new_code(Start& start) {
    const bool files = start.policy.level != Level::locked;
    int error = draw(start.marks);
    if (error == 0)
        error = files ? put_on(second_filter, start.marks) : put_on(second_filter_without_files, start.marks);
    if (error == 0) return {};
    return layer_failed(start, layer_seccomp, "the second filter of system calls", error,
                        "Its constructors must not filter system calls in threads of their own.");
}

}  // namespace tenon::sandbox
