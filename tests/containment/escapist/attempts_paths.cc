// Files by other ways than their names, and what is known of them beside what is in them.
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

// Words: the file, and a name for the link.
Outcome read_by_symlink(const Words& words) {
    const long made = call(SYS_symlinkat, words[0], AT_FDCWD, words[1]);
    return made < 0 ? of(made) : contents(call(SYS_openat, AT_FDCWD, words[1], O_RDONLY));
}

Outcome hard_link(const Words& words) {
    return of(call(SYS_linkat, AT_FDCWD, words[0], AT_FDCWD, words[1], 0));
}

// Words: a folder that may be opened, and the way from there.
Outcome read_from_folder(const Words& words) {
    const long folder = call(SYS_openat, AT_FDCWD, words[0], O_RDONLY | O_DIRECTORY);
    if (folder < 0) return of(folder, "the folder itself");
    return contents(call(SYS_openat, folder, words[1], O_RDONLY));
}

// A descriptor that only names the file may be had; opening what it names is something else.
Outcome read_by_reopening(const Words& words) {
    const long name = call(SYS_openat, AT_FDCWD, words[0], O_PATH);
    if (name < 0) return of(name);
    const std::string path = "/proc/self/fd/" + std::to_string(name);
    return contents(call(SYS_openat, AT_FDCWD, path.c_str(), O_RDONLY));
}

Outcome stat_file(const Words& words) {
    struct statx found{};
    const long result = call(SYS_statx, AT_FDCWD, words[0], 0, STATX_BASIC_STATS, &found);
    return of(result, std::to_string(found.stx_size));
}

// As libraries do it that are older than statx.
Outcome stat_file_as_before(const Words& words) {
    struct stat found{};
    const long result = call(SYS_newfstatat, AT_FDCWD, words[0], &found, 0);
    return of(result, std::to_string(found.st_size));
}

Outcome stat_by_name(const Words& words) {
    const long name = call(SYS_openat, AT_FDCWD, words[0], O_PATH);
    if (name < 0) return of(name);
    struct stat found{};
    const long result = call(SYS_fstat, name, &found);
    return of(result, std::to_string(found.st_size));
}

Outcome ask_for_access(const Words& words) {
    return of(call(SYS_faccessat, AT_FDCWD, words[0], F_OK));
}

Outcome change_mode(const Words& words) {
    return of(call(SYS_fchmodat, AT_FDCWD, words[0], words.number(1)));
}

Outcome change_attribute(const Words& words) {
    return of(call(SYS_setxattr, words[0], "user.tenon", "x", 1L, 0));
}

Outcome change_time(const Words& words) {
    const std::array<timespec, 2> times{{{1, 0}, {1, 0}}};
    return of(call(SYS_utimensat, AT_FDCWD, words[0], times.data(), 0));
}

Outcome change_owner(const Words& words) {
    return of(call(SYS_fchownat, AT_FDCWD, words[0], words.number(1), -1, 0));
}

Outcome mount_over(const Words& words) {
    return of(call(SYS_mount, "tenon", words[0], "tmpfs", 0L, nullptr));
}

Outcome prepare_mount(const Words&) {
    return of(call(SYS_fsopen, "tmpfs", 0));
}

Outcome change_root(const Words& words) {
    return of(call(SYS_chroot, words[0]));
}

Outcome make_device(const Words& words) {
    return of(call(SYS_mknodat, AT_FDCWD, words[0], S_IFCHR | 0600, ::makedev(1, 3)));
}

Outcome watch_folder(const Words& words) {
    const long watcher = call(SYS_inotify_init1, IN_CLOEXEC);
    return watcher < 0 ? of(watcher) : of(call(SYS_inotify_add_watch, watcher, words[0], IN_ALL_EVENTS));
}

Outcome read_by_handle(const Words& words) {
    alignas(file_handle) std::array<char, sizeof(file_handle) + MAX_HANDLE_SZ> room{};
    auto* const handle = reinterpret_cast<file_handle*>(room.data());
    handle->handle_bytes = MAX_HANDLE_SZ;
    int mount = 0;
    const long named = call(SYS_name_to_handle_at, AT_FDCWD, words[0], handle, &mount, 0);
    if (named < 0) return of(named);
    return contents(call(SYS_open_by_handle_at, AT_FDCWD, handle, O_RDONLY));
}

constexpr Attempt attempts[] = {
    {"read_by_symlink", read_by_symlink},
    {"hard_link", hard_link},
    {"read_from_folder", read_from_folder},
    {"read_by_reopening", read_by_reopening},
    {"stat_file", stat_file},
    {"stat_file_as_before", stat_file_as_before},
    {"stat_by_name", stat_by_name},
    {"ask_for_access", ask_for_access},
    {"change_mode", change_mode},
    {"change_attribute", change_attribute},
    {"change_time", change_time},
    {"change_owner", change_owner},
    {"mount_over", mount_over},
    {"prepare_mount", prepare_mount},
    {"change_root", change_root},
    {"make_device", make_device},
    {"watch_folder", watch_folder},
    {"read_by_handle", read_by_handle},
};

}  // namespace

Attempts path_attempts() {
    return attempts;
}

}  // namespace escapist
