#include "loader/watch_folders.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tenon::loader {

namespace {

// MOVED_FROM, because a file that is moved away has changed, too.
constexpr std::uint32_t names_change = IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE;
constexpr std::uint32_t folder_changes = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t folder_lost = folder_changes | IN_UNMOUNT | IN_IGNORED;
constexpr int max_reads = 64;  // at once; whoever changes files without end does not keep us from telling

// What other machines or programs change there is no event here. Those with a number are not in all versions of
// linux/magic.h.
constexpr struct {
    std::uint32_t type;
    const char* name;
} silent_file_systems[] = {
    {NFS_SUPER_MAGIC, "nfs"},   {SMB_SUPER_MAGIC, "smb"}, {0xff534d42u, "cifs"},   {0xfe534d42u, "smb"},
    {V9FS_MAGIC, "9p"},         {0x65735546u, "fuse"},    {0x00c36400u, "ceph"},   {AFS_SUPER_MAGIC, "afs"},
    {CODA_SUPER_MAGIC, "coda"}, {0x0bd00bd3u, "lustre"},  {0x786f4256u, "vboxsf"},
};

const char* silent_file_system(const WatchSystem& system, const std::string& folder) {
    struct statfs facts{};
    if (system.file_system(folder.c_str(), &facts) != 0) return nullptr;
    const auto type = static_cast<std::uint32_t>(facts.f_type);
    for (const auto& known : silent_file_systems)
        if (known.type == type) return known.name;
    return nullptr;
}

std::string why_no_inotify(int error) {
    if (error == EMFILE)
        return "inotify instances or this process's descriptors are used up (fs.inotify.max_user_instances, ulimit -n)";
    return fmt::format("inotify does not work: {}", std::strerror(error));
}

std::string why_no_watch(const std::string& folder, int error) {
    if (error == ENOSPC) return "inotify watches are used up (fs.inotify.max_user_watches)";
    // It has just gone; its parent is watched and tells of it.
    if (error == ENOENT || error == ENOTDIR) return {};
    return fmt::format("the folder {} cannot be watched: {}", folder, std::strerror(error));
}

// Once, where the same happened several times in a row.
void note_change(std::vector<FolderChange>& changes, FolderChange change) {
    if (changes.empty() || changes.back() != change) changes.push_back(std::move(change));
}

}  // namespace

WatchFolders::WatchFolders(bool off, const WatchSystem& system) : system_(system) {
    if (off) {
        why_none_ = "asked for";
        return;
    }
    inotify_ = base::Fd(system_.init(IN_CLOEXEC | IN_NONBLOCK));
    if (!inotify_) why_none_ = why_no_inotify(errno);
}

std::string WatchFolders::ask(const WatchStep& step) {
    if (!inotify_) return why_none_;
    Folder& folder = folders_[step.folder];
    ++folder.names[step.name];
    const std::uint32_t mask = names_change | folder_changes | (step.last ? IN_CLOSE_WRITE : 0u);
    // Also if it is watched already: the path may be that of another folder by now. A mask never loses what somebody
    // else asked for.
    const int watch = system_.add(inotify_.get(), step.folder.c_str(), mask | IN_ONLYDIR | IN_MASK_ADD);
    const int error = errno;
    if (watch != folder.watch) {
        detach(step.folder, folder);
        attach(step.folder, folder, watch);
    }
    if (watch < 0) return why_no_watch(step.folder, error);
    const char* const silent = silent_file_system(system_, step.folder);
    return silent == nullptr ? "" : fmt::format("its folder is on {}, which does not tell of changes", silent);
}

void WatchFolders::forget(const WatchStep& step) {
    const auto folder = folders_.find(step.folder);
    if (folder == folders_.end()) return;
    const auto name = folder->second.names.find(step.name);
    if (name == folder->second.names.end() || --name->second > 0) return;
    folder->second.names.erase(name);
    if (!folder->second.names.empty()) return;
    detach(step.folder, folder->second);
    folders_.erase(folder);
}

void WatchFolders::attach(const std::string& path, Folder& folder, int watch) {
    folder.watch = watch;
    if (watch >= 0) paths_[watch].push_back(path);
}

void WatchFolders::detach(const std::string& path, Folder& folder) {
    const auto known = paths_.find(folder.watch);
    folder.watch = -1;
    if (known == paths_.end()) return;
    std::erase(known->second, path);
    if (!known->second.empty()) return;
    ::inotify_rm_watch(inotify_.get(), known->first);  // fails if the folder is gone, and the watch with it
    paths_.erase(known);
}

// The kernel has dropped the watch.
void WatchFolders::lose(int watch) {
    const auto known = paths_.find(watch);
    if (known == paths_.end()) return;
    for (const std::string& path : known->second) folders_.at(path).watch = -1;
    paths_.erase(known);
}

void WatchFolders::take(const inotify_event& event, const char* name, std::vector<FolderChange>& changes) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) note_change(changes, {});
    const auto known = paths_.find(event.wd);
    if (known == paths_.end()) return;  // of a watch that was given back
    for (const std::string& path : known->second) {
        if ((event.mask & folder_lost) != 0)
            note_change(changes, {path, {}, false});
        else if (event.len != 0 && folders_.at(path).names.contains(name))
            note_change(changes, {path, name, (event.mask & names_change) == 0});
    }
    if ((event.mask & IN_IGNORED) != 0) lose(event.wd);
}

std::vector<FolderChange> WatchFolders::changes() {
    std::vector<FolderChange> changes;
    alignas(inotify_event) char buffer[16 * 1024];
    for (int reads = 0; inotify_ && reads < max_reads; ++reads) {
        const ssize_t got = ::read(inotify_.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        // The kernel gives whole events only, each with its name filled up with NUL bytes.
        for (const char* at = buffer; at < buffer + got;) {
            inotify_event event{};
            std::memcpy(&event, at, sizeof event);
            take(event, at + sizeof event, changes);
            at += sizeof event + event.len;
        }
    }
    return changes;
}

}  // namespace tenon::loader
