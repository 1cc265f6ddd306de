// The private copy lies in a folder that only the host's user may enter. When that is root, and the worker will not be,
// the copy is given to the group that the worker will have, for reading only, and is reached through its open folder:
// no folder above it has to let anybody in, and the file keeps its name, which stacks show and $ORIGIN needs.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "sandbox/confine/nobody.h"
#include "sandbox/confine/steps.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox {

namespace {

constexpr int deepest = 16;

bool let_group_read(int folder, int depth);

bool let_group_read_entry(int folder, const char* name, int depth) {
    const base::Fd entry(::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!entry) return errno == ELOOP;  // what a link leads to keeps its rights
    struct stat facts{};
    if (::fstat(entry.get(), &facts) != 0) return false;
    if (S_ISDIR(facts.st_mode)) return let_group_read(entry.get(), depth + 1);
    if (!S_ISREG(facts.st_mode)) return true;
    return ::fchown(entry.get(), static_cast<uid_t>(-1), nobody) == 0 && ::fchmod(entry.get(), 0550) == 0;
}

bool let_group_read(int folder, int depth) {
    if (depth > deepest) return errno = ELOOP, false;
    DIR* const entries = ::fdopendir(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (entries == nullptr) return false;
    bool fine = true;
    while (const dirent* const entry = fine ? ::readdir(entries) : nullptr)
        if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
            fine = let_group_read_entry(folder, entry->d_name, depth);
    const int error = errno;
    ::closedir(entries);
    errno = error;
    return fine && ::fchown(folder, static_cast<uid_t>(-1), nobody) == 0 && ::fchmod(folder, 0750) == 0;
}

}  // namespace

namespace {

// Whether it was made for the copy alone, by stage(); any other folder is somebody's, and stays as it is.
bool is_private(int folder) {
    struct stat facts{};
    if (::fstat(folder, &facts) != 0 || facts.st_uid != 0) return false;
    const mode_t rights = facts.st_mode & 07777;
    return rights == 0700 || (rights == 0750 && facts.st_gid == nobody);
}

// False with errno.
bool close_one_by_one() {
    std::vector<int> open;
    DIR* const entries = ::opendir("/proc/self/fd");
    if (entries == nullptr) return false;
    while (const dirent* const entry = ::readdir(entries)) {
        const int descriptor = std::atoi(entry->d_name);  // 0 of "." and ".."
        if (descriptor > bell_descriptor && descriptor != ::dirfd(entries)) open.push_back(descriptor);
    }
    ::closedir(entries);
    for (const int descriptor : open) ::close(descriptor);
    return true;
}

}  // namespace

base::Check close_the_rest(Start& start) {
    if (::syscall(SYS_close_range, bell_descriptor + 1, ~0u, 0u) == 0) return {};
    if (errno == ENOSYS && close_one_by_one()) return {};  // by a filter around the host: the kernel has it since 5.9
    return layer_failed(start, layer_privileges, "close_range", errno, "Mount /proc, or let workers use close_range.");
}

base::Check open_private_copy(Start& start) {
    const std::size_t slash = start.library.rfind('/');
    if (slash == std::string::npos) return layer_failed(start, layer_landlock, start.library.c_str(), EINVAL, "");
    const std::string folder = start.library.substr(0, slash + 1);
    start.folder = base::Fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!start.folder)
        return layer_failed(start, layer_landlock, folder.c_str(), errno, "The worker's user must read the folder.");
    if (!start.has(layer_privileges) || ::geteuid() != 0 || !is_private(start.folder.get())) return {};
    if (!let_group_read(start.folder.get(), 0))
        return layer_failed(start, layer_privileges, "the private copy cannot be given to the worker's group", errno,
                            "Run the host as an ordinary user, or give root CAP_CHOWN back.");
    start.library = fmt::format("/proc/self/fd/{}/{}", start.folder.get(), start.library.substr(slash + 1));
    return {};
}

}  // namespace tenon::sandbox
