#include "sandbox/broker/hold.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tenon::sandbox::broker {

using base::Fd;
using base::Problem;

Fd open_without_links(const std::string& path, int flags, std::uint64_t mode) {
    const Fd root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) return Fd();
    struct open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    constexpr int most_attempts = 16;
    long raw = -1;
    int attempts = 0;
    do raw = ::syscall(SYS_openat2, root.get(), path.c_str() + 1, &how, sizeof how);
    while (raw < 0 && (errno == EINTR || errno == EAGAIN) && ++attempts < most_attempts);
    return Fd(static_cast<int>(raw));
}

std::string name_of(const Fd& held) {
    return fmt::format("/proc/self/fd/{}", held.get());
}

Problem cannot_open(const std::string& path, int error) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
            return {"broker.not-found", fmt::format("{} does not exist", path), "ask for what is there"};
        case EEXIST:
            return {"broker.exists", fmt::format("{} is there already", path), "open it without \"exclusive\""};
        case ELOOP:
        case EXDEV:
            return {"broker.link", fmt::format("{} leads through a link", path),
                    "ask for the path that the link leads to, and let that be granted"};
        case EISDIR:
            return {"broker.not-a-file", fmt::format("{} is a folder", path), "ask for a regular file"};
        case ENOSYS:
            return {"broker.io", fmt::format("{} cannot be opened safely: this kernel has no openat2", path),
                    "use Linux 5.6 or newer"};
        default:
            return {"broker.io", fmt::format("{} cannot be opened: {}", path, std::strerror(error)),
                    "let the host's user open it, or ask for another file"};
    }
}

}  // namespace tenon::sandbox::broker
