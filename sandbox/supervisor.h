// The thread of the host that starts workers, hears what they print, and sees them end.
//
// It starts them itself because of the wish that a worker has (die_with.h): the kernel kills the worker when the
// *thread* that started it ends, and a thread of the application may end at any time. This one lives until the
// supervisor goes, and the kernel ends it with the process.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/output.h"
#include "sandbox/process.h"

namespace tenon::sandbox {

// Who is told about a worker. Called on the supervisor's thread with no lock held, one call at a time, from before
// start() returns until remove() returns; the supervisor does nothing else meanwhile, so each call is short. All
// functions of the supervisor may be called from inside, except its destructor.
class Watched {
public:
    // A line that it printed, fit for a log (output.h).
    virtual void on_line(std::string_view line) noexcept = 0;
    // It rang: the descriptor may be readable, or its other end closed. Rings that come fast are one; 1,000 a second
    // at most are passed on at once, those above a little later.
    virtual void on_bell() noexcept = 0;
    // It has ended, and nothing of it comes any more. Once.
    virtual void on_end(const Ending& ending) noexcept = 0;
    // Whether it is to be killed by kill_doomed_soon(). Only looks, and waits for nothing.
    virtual bool is_doomed() const noexcept { return false; }

protected:
    ~Watched() = default;
};

using WorkerId = std::uint64_t;  // never used again; 0 is none

// Its functions may be called on any thread. Nothing exists, neither thread nor descriptor, before the first start().
class Supervisor {
public:
    Supervisor() = default;
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;
    // Kills and collects all that were not removed, and tells nobody.
    ~Supervisor();

    // Returns when the program runs, or cannot. `bell` (an eventfd, a socket; -1: none) is watched for input but not
    // read; it and `watched` stay until remove() has returned or the supervisor is gone. Problems:
    // "worker.not-started", "worker.no-supervisor".
    base::Result<WorkerId> start(const Launch& launch, int bell, Watched& watched);

    // SIGKILL; on_end follows. Does nothing to one that has ended or is unknown.
    void kill(WorkerId id) noexcept;
    // The same, a little later, for all whose Watched says that they are doomed; on the supervisor's thread, so that
    // the caller does not wait. The threads of a killed process wake up to end, and where a caller that is late already
    // would kill, they often do it on the caller's processor, before the caller goes on.
    void kill_doomed_soon() noexcept;

    // Kills it if it still runs, collects it, and forgets it: no function of its Watched runs any more (but the one
    // that this is called from). How it ended; nothing if the id is unknown. What does not end within two seconds, or
    // what a tracer keeps, the supervisor's thread collects later. The caller holds no lock that a function of the
    // Watched takes.
    std::optional<Ending> remove(WorkerId id) noexcept;

    // For reports. -1 once it has ended or is unknown: not a number for kill(2).
    pid_t pid(WorkerId id) const noexcept;
    std::optional<LiveUsage> usage(WorkerId id) const;
    // The end of all that it printed, for reports (output.h); until it is removed.
    std::string last_words(WorkerId id) const;

private:
    struct Worker;
    struct Request;
    struct News;
    using Held = std::shared_ptr<Worker>;

    base::Check begin();
    base::Result<WorkerId> start_here(const Launch& launch, int bell, Watched& watched);
    void start_requested() noexcept;
    void run() noexcept;
    void handle(WorkerId id, std::uint32_t event) noexcept;
    void tell(std::unique_lock<std::mutex>& lock, Worker& worker, const News& news) noexcept;
    void kill_doomed() noexcept;
    void tick() noexcept;
    void collect_remains() noexcept;
    int timeout() const noexcept;
    void ring() const noexcept;
    Worker* find(WorkerId id) const noexcept;

    mutable std::mutex lock_;
    std::condition_variable changed_;
    std::map<WorkerId, Held> workers_;
    std::map<WorkerId, Held> remains_;  // removed, and not collected yet
    std::vector<Request*> requests_;
    WorkerId last_id_ = 0;
    WorkerId busy_ = 0;  // whose functions are called just now
    bool ending_ = false;
    base::Fd epoll_, wake_, execution_;  // the last: a timer
    std::atomic<bool> execution_is_due_{false};
    std::thread thread_;
};

}  // namespace tenon::sandbox
