// The folders that are watched with inotify, and the names in them that somebody asked for.
#pragma once

#include <sys/inotify.h>
#include <sys/statfs.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/fd.h"
#include "loader/watched_path.h"

namespace tenon::loader {

// What is asked of the kernel. A test puts refusals in their places.
struct WatchSystem {
    int (*init)(int flags) = &::inotify_init1;
    int (*add)(int inotify, const char* folder, std::uint32_t mask) = &::inotify_add_watch;
    int (*file_system)(const char* path, struct statfs* facts) = &::statfs;
};

// What happened to a name that somebody asked for.
struct FolderChange {
    std::string folder;    // empty: events were lost, everything may have changed
    std::string name;      // empty: the folder itself was moved or deleted
    bool written = false;  // nothing but the bytes of the file: the name means the same file as before

    friend bool operator==(const FolderChange&, const FolderChange&) = default;
};

// Directories are watched, never files: a file that is replaced takes its watch with it. Not thread-safe.
class WatchFolders {
public:
    WatchFolders(bool off, const WatchSystem& system);

    // Why there are no events at all; empty: there are.
    const std::string& why_none() const { return why_none_; }
    // To wait on for reading; -1 if there are no events.
    int descriptor() const { return inotify_.get(); }

    // Asks for the name, once more than before, and watches the folder that has this path now. Says why events may not
    // tell of its changes; empty: they do.
    std::string ask(const WatchStep& step);
    void forget(const WatchStep& step);

    // What happened since the last call. Never blocks.
    std::vector<FolderChange> changes();

private:
    struct Folder {
        int watch = -1;
        std::unordered_map<std::string, std::size_t> names;  // how often each is asked for
    };

    void attach(const std::string& path, Folder& folder, int watch);
    void detach(const std::string& path, Folder& folder);
    void take(const inotify_event& event, const char* name, std::vector<FolderChange>& changes);
    void lose(int watch);

    const WatchSystem system_;
    base::Fd inotify_;
    std::string why_none_;
    std::unordered_map<std::string, Folder> folders_;
    std::unordered_map<int, std::vector<std::string>> paths_;  // of a watch: more than one with bind mounts
};

}  // namespace tenon::loader
