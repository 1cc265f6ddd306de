// Which of the library files that somebody cares about may have changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "loader/watch_folders.h"
#include "loader/watched_path.h"

namespace tenon::loader {

struct WatchOptions {
    bool poll = false;  // look at the files themselves, every so often, and ask the kernel for no events
    std::uint64_t poll_period_ns = 200'000'000;  // at least 1 ms
};

// A path that is looked at every poll_period_ns, and why events do not do.
struct Polled {
    std::string path;
    std::string why;
};

// What it tells are hints: a file that it names may have changed, may still be being written, may be the same as
// before. What changed before add() returned is not told, nor what is written through another hard link of the file.
//
// Every folder that a path leads through is watched for the next name on the way, links and their targets included, so
// that a folder or link which is moved, deleted or made later is noticed like the file itself. Where a folder cannot be
// watched, or lies on a network, the paths through it are polled as well.
//
// One thread waits; the other functions may be called on any thread meanwhile.
class Watch {
public:
    // Problem: "watch.unwatchable" (no descriptor is left even for waking it).
    static base::Result<std::unique_ptr<Watch>> open(const WatchOptions& options);
    static base::Result<std::unique_ptr<Watch>> open(const WatchOptions& options, const WatchSystem& system);

    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    // The file need not exist, nor its folder. A path that is there already stays as it is. A relative path is taken
    // from the folder that is the current one now. Problem: "watch.unwatchable" (it cannot be the path of a file).
    base::Check add(const std::string& path);
    // Not told from now on. A path that was never added is nothing to remove.
    void remove(const std::string& path);

    // The added paths that may have changed, as they were added, each once; waits for the first. Empty when the time is
    // over, and after wake(). UINT64_MAX waits without end.
    std::vector<std::string> wait(std::uint64_t timeout_ns);
    // Ends the wait of now, or the next one if there is none.
    void wake() noexcept;

    std::vector<Polled> polled() const;

private:
    Watch(const WatchOptions& options, const WatchSystem& system, base::Fd bell);

    void ring() noexcept;
    bool was_woken() noexcept;
    std::uint64_t next_look() const;
    void sleep_until(std::uint64_t deadline) const;
    void hear();
    void look();
    std::vector<std::string> tell();
    void rearm(WatchedPath& path);

    const std::uint64_t period_ns_;
    const base::Fd bell_;  // an eventfd
    std::atomic<bool> woken_{false};

    mutable std::mutex mutex_;  // guards what follows
    WatchFolders folders_;
    std::map<std::string, WatchedPath> paths_;  // by the path as it was added
    std::uint64_t next_look_ns_ = 0;
};

}  // namespace tenon::loader
