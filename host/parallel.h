// Threads that run the handlers of PARALLEL hooks.
#pragma once

#include <tenon/host.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace tenon::host {

// The executor of hosts whose application gives none. Its threads, one less than there are processors, are started at
// first use; whoever calls execute works, too, so that nested uses cannot wait for each other in a circle.
class Executor {
public:
    Executor() = default;
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    // As tenon_execute_fn. Any thread. Without threads or memory all is done by the caller.
    void execute(void (*task)(void* context, std::uint64_t index), void* context, std::uint64_t count) noexcept;

private:
    struct Job;
    void start() noexcept;
    void work();

    std::mutex lock_;
    std::condition_variable wanted_;
    std::deque<std::shared_ptr<Job>> jobs_;
    std::vector<std::thread> threads_;
    bool started_ = false;
    bool stopping_ = false;
};

}  // namespace tenon::host
