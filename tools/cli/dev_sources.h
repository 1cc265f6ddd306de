// The sources of plugins: which there are, and whether they have changed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "loader/file_identity.h"

namespace tenon::cli {

// Names that are nobody's sources: hidden ones, backups and other files of editors, and what compilers and linkers
// make.
bool is_no_source(std::string_view name);
// Names of folders in which things are built or kept: build, build-release, cmake-build-debug, CMakeFiles, ...
bool is_no_source_folder(std::string_view name);

// All regular files below a folder, but for names as above, folders that a build marks as its own (with CMakeCache.txt,
// build.ninja or CACHEDIR.TAG), folders behind links, and one folder by name. Used by one thread.
class Sources {
public:
    // `without`: a folder whose files are not looked at; may be empty, or not exist. Problem: "file.unreadable".
    static base::Result<Sources> open(const std::string& folder, const std::string& without);

    // Waits until some file may have changed, or `other` is readable; false: that one.
    bool wait(int other);
    // The files that were saved, made or removed since the last look, by path.
    std::vector<std::string> changed();
    // The same, but for files that have the same bytes as at the last look: a build may write files of its own beside
    // the sources.
    std::vector<std::string> changed_bytes();

    // Why the folder is looked at every so often; empty: the kernel tells of changes.
    const std::string& why_polled() const { return why_polled_; }

private:
    struct Source {
        loader::FileIdentity file;
        std::uint64_t bytes = 0;  // their hash; 0: too many
    };
    using Look = std::map<std::string, Source>;

    Sources(std::string folder, const std::string& without);

    void watch(const std::string& folder);
    Look look();
    void look_into(const std::string& folder, unsigned depth, Look& found);
    std::vector<std::string> difference(bool of_bytes);
    bool hear();

    std::string folder_;
    std::string without_;  // canonical; empty: none
    base::Fd events_;      // of inotify
    std::string why_polled_;
    Look last_;
};

}  // namespace tenon::cli
