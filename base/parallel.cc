#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tenon::base {

namespace {

constexpr std::size_t most_threads = 4;
constexpr std::size_t worth_a_thread = 64;  // starting one costs as much as judging a few plugins
constexpr std::size_t at_a_time = 16;

class Shared {
public:
    Shared(std::size_t count, const std::function<void(std::size_t)>& work) : count_(count), work_(work) {}

    void take_part() noexcept {
        try {
            for (std::size_t begin = take(); begin < count_; begin = take())
                for (std::size_t i = begin; i < std::min(begin + at_a_time, count_); ++i) work_(i);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!thrown_) thrown_ = std::current_exception();
            next_.store(count_, std::memory_order_relaxed);
        }
    }
    void rethrow() const {
        if (thrown_) std::rethrow_exception(thrown_);
    }

private:
    std::size_t take() { return next_.fetch_add(at_a_time, std::memory_order_relaxed); }

    const std::size_t count_;
    const std::function<void(std::size_t)>& work_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::exception_ptr thrown_;
};

}  // namespace

void for_each_index(std::size_t count, const std::function<void(std::size_t)>& work) {
    const std::size_t wanted =
        std::min({most_threads, std::size_t{std::thread::hardware_concurrency()}, count / worth_a_thread});
    Shared shared(count, work);
    std::vector<std::thread> threads;
    try {
        threads.reserve(wanted);
        for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back([&shared] { shared.take_part(); });
    } catch (...) {  // no thread, or no memory for one: then with those that there are
    }
    shared.take_part();
    for (std::thread& thread : threads) thread.join();
    shared.rethrow();
}

}  // namespace tenon::base
