#include <algorithm>
#include <atomic>
#include <memory>

#include "host/parallel.h"

namespace tenon::host {

// Indices are handed out one by one; the job is over when all have come back.
struct Executor::Job {
    void (*task)(void*, std::uint64_t);
    void* context;
    std::uint64_t count;
    std::atomic<std::uint64_t> next{0};
    std::uint64_t done = 0;  // under `lock`, like what follows
    std::mutex lock;
    std::condition_variable all_done;

    // False when nothing was left to do.
    bool help() {
        std::uint64_t mine = 0;
        for (std::uint64_t index = next.fetch_add(1); index < count; index = next.fetch_add(1)) {
            task(context, index);
            ++mine;
        }
        if (mine == 0) return false;
        const std::lock_guard guard(lock);
        done += mine;
        if (done == count) all_done.notify_all();
        return true;
    }
};

Executor::~Executor() {
    {
        const std::lock_guard guard(lock_);
        stopping_ = true;
    }
    wanted_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

void Executor::start() noexcept {
    started_ = true;
    const unsigned wanted = std::max(2u, std::thread::hardware_concurrency()) - 1;
    try {
        for (unsigned i = 0; i < wanted; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::exception&) {  // with fewer, then
    }
}

void Executor::work() {
    std::unique_lock guard(lock_);
    for (;;) {
        wanted_.wait(guard, [&] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        const std::shared_ptr<Job> job = jobs_.front();
        guard.unlock();
        const bool helped = job->help();
        guard.lock();
        if (!helped || job->next.load() >= job->count) std::erase(jobs_, job);
    }
}

void Executor::execute(void (*task)(void*, std::uint64_t), void* context, std::uint64_t count) noexcept {
    std::shared_ptr<Job> job;
    try {
        job = std::make_shared<Job>();
        job->task = task;
        job->context = context;
        job->count = count;
        const std::lock_guard guard(lock_);
        if (!started_) start();
        jobs_.push_back(job);
    } catch (const std::bad_alloc&) {
        for (std::uint64_t index = 0; index < count; ++index) task(context, index);
        return;
    }
    wanted_.notify_all();
    job->help();
    std::unique_lock guard(job->lock);
    job->all_done.wait(guard, [&] { return job->done == count; });
}

}  // namespace tenon::host
