// A library file in a folder of its own, and a watch over it.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "loader/watch.h"
#include "tests/support/catch.h"

namespace tenon::loader::fixtures {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t long_ns = 20 * second;  // a test fails after that

// A folder that is removed with all that is in it.
class WatchedFolder {
public:
    WatchedFolder() : path_(base::make_unique_folder(base::temporary_folder(), "tenon-watch-").take()) {}
    WatchedFolder(const WatchedFolder&) = delete;
    WatchedFolder& operator=(const WatchedFolder&) = delete;
    ~WatchedFolder() { base::remove_tree(path_); }

    const std::string& path() const { return path_; }
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    void make(const std::string& name) const { REQUIRE_FALSE(base::make_folder(*this / name)); }
    void write(const std::string& name, std::string_view bytes) const {
        REQUIRE_FALSE(base::write_file(*this / name, bytes));
    }
    // Puts a link in the place of whatever is there, in one step.
    void link(const std::string& name, const std::string& target) const {
        REQUIRE(::symlink(target.c_str(), (*this / "new-link").c_str()) == 0);
        rename("new-link", name);
    }
    void rename(const std::string& from, const std::string& to) const {
        REQUIRE(::rename((*this / from).c_str(), (*this / to).c_str()) == 0);
    }

private:
    std::string path_;
};

inline std::unique_ptr<Watch> watch_over(const std::vector<std::string>& paths, const WatchOptions& options = {},
                                         const WatchSystem& system = {}) {
    base::Result<std::unique_ptr<Watch>> watch = Watch::open(options, system);
    REQUIRE(watch);
    for (const std::string& path : paths) REQUIRE_FALSE(watch.value()->add(path));
    return watch.take();
}

// Waits until it is told.
inline bool tells(Watch& watch, const std::string& path) {
    const std::uint64_t deadline = base::monotonic_ns() + long_ns;
    for (std::uint64_t now = base::monotonic_ns(); now < deadline; now = base::monotonic_ns()) {
        const std::vector<std::string> told = watch.wait(deadline - now);
        if (std::find(told.begin(), told.end(), path) != told.end()) return true;
    }
    return false;
}

// What has happened already, and no more.
inline std::vector<std::string> told_so_far(Watch& watch) {
    std::vector<std::string> all;
    for (std::vector<std::string> told = watch.wait(0); !told.empty(); told = watch.wait(0))
        all.insert(all.end(), told.begin(), told.end());
    return all;
}

}  // namespace tenon::loader::fixtures
