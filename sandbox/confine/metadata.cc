// Above the level `standard` no metadata is given of files that may not be opened. Landlock does not look at stat, and
// a filter cannot see of which file it is; libc's fstat is the same call. So the filter lets none of these calls reach
// the kernel, but traps them, and here each is made of what is allowed: the file is opened, which Landlock judges, and
// then looked at by its descriptor.
//
// This is no part of the wall, but what makes life behind it possible. A plugin that puts another handler in its place,
// or calls it with words of its own, gains nothing: it can do the same itself.
#include "sandbox/confine/metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <optional>

#include "sandbox/confine/clerk.h"
#include "sandbox/confine/steps.h"
#include "sandbox/confine/trapped_call.h"

namespace tenon::sandbox {

namespace {

constexpr int from_a_filter = 1;              // SYS_SECCOMP, which not all headers have
constexpr int internal_signals[] = {32, 33};  // glibc's own, which nobody may block

// Of the process, as signal handlers are.
struct Answering {
    Clerk clerk;
    struct sigaction before{};
    std::atomic<bool> on{false};
};
Answering answering;

long stat_at(int folder, const char* path, void* facts, int flags) noexcept {
    constexpr int known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH;
    if ((flags & ~known) != 0) return -EINVAL;
    if ((flags & AT_EMPTY_PATH) != 0 && (path == nullptr || *path == '\0')) {
        if (folder == AT_FDCWD) return answering.clerk.ask({Look::What::facts, AT_FDCWD, ".", true, 0, facts});
        return ::syscall(SYS_fstat, folder, facts) < 0 ? -errno : 0;
    }
    return answering.clerk.ask({Look::What::facts, folder, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, 0, facts});
}

long access_at(int folder, const char* path, int mode, int flags) noexcept {
    if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EACCESS)) != 0) return -EINVAL;
    return answering.clerk.ask({Look::What::access, folder, path, (flags & AT_SYMLINK_NOFOLLOW) == 0, mode, nullptr});
}

// Nothing if it is none of these calls.
std::optional<long> answer_to(const TrappedCall& call) noexcept {
    const auto& [folder_word, path_word, third, fourth] = call.arguments;
    const auto folder = static_cast<int>(folder_word);
    const auto* const path = reinterpret_cast<const char*>(path_word);
    switch (call.number) {
        case SYS_newfstatat:
            return stat_at(folder, path, reinterpret_cast<void*>(third), static_cast<int>(fourth));
        case SYS_faccessat:
            return access_at(folder, path, static_cast<int>(third), 0);
        case SYS_faccessat2:
            return access_at(folder, path, static_cast<int>(third), static_cast<int>(fourth));
        case SYS_readlinkat:
            return answering.clerk.ask({Look::What::link, folder, path, false, 0, nullptr});
        default:
            return std::nullopt;
    }
}

// What is not ours does what it would have done without this handler, as soon as this one returns.
extern "C" void tenon_answer_metadata(int signal, siginfo_t* info, void* raw) {
    const int error = errno;
    auto& context = *static_cast<ucontext_t*>(raw);
    if (info->si_code == from_a_filter) {
        const std::optional<long> answer = answer_to(trapped_call(context, info->si_syscall));
        answer_call(context, answer.value_or(-ENOSYS));
        errno = error;
        if (answer) return;
    }
    ::sigaction(SIGSYS, &answering.before, nullptr);
    ::raise(signal);
    errno = error;
}

// All signals wait meanwhile, but those that tell of a crash: the calling thread's path is looked at here.
int put_handler_on() noexcept {
    struct sigaction action{};
    action.sa_sigaction = tenon_answer_metadata;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    std::memset(&action.sa_mask, 0xff, sizeof action.sa_mask);  // sigfillset leaves out two that glibc uses itself
    for (const int crash : {SIGSEGV, SIGBUS, SIGABRT}) ::sigdelset(&action.sa_mask, crash);
    return ::sigaction(SIGSYS, &action, &answering.before) == 0 ? 0 : errno;
}

}  // namespace

bool answers_metadata() noexcept {
    return answering.on.load();
}

int change_signal_mask(int how, const sigset_t* set, sigset_t* before) noexcept {
    sigset_t changed{};
    if (set != nullptr && how != SIG_UNBLOCK) {
        changed = *set;
        for (const int kept : internal_signals) reinterpret_cast<unsigned long*>(&changed)[0] &= ~(1ul << (kept - 1));
        if (answers_metadata()) ::sigdelset(&changed, SIGSYS);
        set = &changed;
    }
    constexpr std::size_t of_the_kernel = 8;
    return ::syscall(SYS_rt_sigprocmask, how, set, before, of_the_kernel) == 0 ? 0 : errno;
}

base::Check answer_metadata(Start& start) {
    if (!hides_metadata(start)) return {};
    if (const int error = put_handler_on(); error != 0)
        return layer_failed(start, layer_seccomp, "the handler of trapped calls", error, "");
    answering.on.store(true);
    sigset_t own;
    ::sigemptyset(&own);
    ::sigaddset(&own, SIGSYS);
    change_signal_mask(SIG_UNBLOCK, &own, nullptr);
    return {};
}

base::Check begin_clerk(Start& start) {
    const int error = hides_metadata(start) ? answering.clerk.begin() : 0;
    if (error == 0) return {};
    return layer_failed(start, layer_seccomp, "the thread that looks at files", error,
                        "Let the host's user have more processes.");
}

base::Check wait_for_clerk(Start&) {
    answering.clerk.wait_until_apart();
    return {};
}

}  // namespace tenon::sandbox
