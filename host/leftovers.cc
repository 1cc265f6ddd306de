#include "host/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace tenon::host {

namespace {

constexpr std::string_view prefix = "tenon-host-";
constexpr std::size_t name_size = prefix.size() + 6;  // what mkdtemp adds
constexpr int most_tries = 100;

enum class Lock { held, somebody_has_it, gone, unknown };

base::Fd open_folder(const std::string& path) {
    return base::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_still(const base::Fd& folder, const std::string& path) {
    struct stat opened{}, named{};
    return ::fstat(folder.get(), &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

// Whoever has the lock of a folder that is still there decides about it: its host, or who removes it.
Lock take_lock(const base::Fd& folder, const std::string& path) {
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? Lock::somebody_has_it : Lock::unknown;
    return is_still(folder, path) ? Lock::held : Lock::gone;
}

bool is_ours(const base::Fd& folder) {
    struct stat facts{};
    return ::fstat(folder.get(), &facts) == 0 && facts.st_uid == ::geteuid();
}

std::vector<std::string> candidates(const std::string& parent) {
    std::vector<std::string> paths;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(parent.c_str()), &::closedir);
    if (folder == nullptr) return paths;
    while (const struct dirent* const entry = ::readdir(folder.get())) {
        const std::string_view name = entry->d_name;
        if (name.size() == name_size && name.starts_with(prefix)) paths.push_back(fmt::format("{}/{}", parent, name));
    }
    return paths;
}

}  // namespace

base::Result<PrivateFolder> make_private_folder(const std::string& parent) {
    for (int tries = 0; tries < most_tries; ++tries) {
        base::Result<std::string> made = base::make_unique_folder(parent, prefix);
        if (!made) return made.problem();
        PrivateFolder folder;
        folder.path = made.take();
        folder.lock = open_folder(folder.path);
        if (!folder.lock && errno == ENOENT) continue;  // it was taken for a leftover before it could be locked
        if (!folder.lock) {
            const int why = errno;
            ::rmdir(folder.path.c_str());
            return base::Problem{"file.unwritable",
                                 fmt::format("{}: cannot be opened: {}", folder.path, std::strerror(why)),
                                 "Check the limit of open files (ulimit -n)."};
        }
        const Lock lock = take_lock(folder.lock, folder.path);
        if (lock == Lock::held || lock == Lock::unknown) return folder;
    }
    return base::Problem{"file.unwritable", fmt::format("{}: each new folder in it is removed at once", parent),
                         "Give the host a private folder of its own."};
}

void remove_leftovers(const std::string& parent) noexcept try {
    for (const std::string& path : candidates(parent)) {
        const base::Fd folder = open_folder(path);
        if (folder && is_ours(folder) && take_lock(folder, path) == Lock::held) base::remove_tree(path);
    }
} catch (...) {  // for want of memory: the next host is another chance
}

}  // namespace tenon::host
