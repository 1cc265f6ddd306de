#include "measure.h"

#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace bench {

namespace {

std::uint64_t read(clockid_t clock) {
    struct timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

// How many calls fill a turn; warms up meanwhile.
std::size_t calls_in(const Burst& burst, std::uint64_t turn_ns) {
    burst(256);
    for (std::size_t times = 256;; times *= 2) {
        const std::uint64_t begun = cpu_ns();
        burst(times);
        const std::uint64_t took = std::max<std::uint64_t>(cpu_ns() - begun, 1);
        if (took * 4 >= turn_ns) return std::max<std::size_t>(times * turn_ns / took, 1);
    }
}

struct Span {
    std::uint64_t begin = 0, end = 0, cpu = 0;
    long preempted = 0;
    bool undisturbed() const { return preempted == 0; }
    double wall() const { return static_cast<double>(end - begin); }
};

long preemptions() {
    struct rusage usage{};
    ::getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nivcsw;
}

Span timed(const Burst& burst, std::size_t times) {
    Span span;
    const long preempted = preemptions();
    const std::uint64_t cpu = cpu_ns();
    span.begin = wall_ns();
    burst(times);
    span.end = wall_ns();
    span.cpu = cpu_ns() - cpu;
    span.preempted = preemptions() - preempted;
    return span;
}

// A rendezvous of two threads that spin.
class Meeting {
public:
    void meet() {
        const std::uint32_t turn = turn_.load();
        if (here_.fetch_add(1) == 1) {
            here_.store(0);
            turn_.fetch_add(1);
        } else {
            while (turn_.load() == turn) {
            }
        }
    }

private:
    std::atomic<std::uint32_t> here_{0}, turn_{0};
};

}  // namespace

std::uint64_t cpu_ns() {
    return read(CLOCK_THREAD_CPUTIME_ID);
}

std::uint64_t wall_ns() {
    return read(CLOCK_MONOTONIC);
}

double quantile(std::vector<double> values, double q) {
    if (values.empty()) return 0;
    const auto at = std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
    return values[at];
}

double median(std::vector<double> values) {
    return quantile(std::move(values), 0.5);
}

std::vector<double> by_turns(const std::vector<Burst>& bursts, int rounds, std::uint64_t turn_ns) {
    std::vector<std::size_t> times;
    for (const Burst& burst : bursts) times.push_back(calls_in(burst, turn_ns));
    std::vector<std::vector<double>> took(bursts.size());
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < bursts.size(); ++i) {
            bursts[i](times[i] / 16 + 1);
            const Span span = timed(bursts[i], times[i]);
            took[i].push_back(static_cast<double>(span.cpu) / static_cast<double>(times[i]));
        }
    std::vector<double> medians;
    for (auto& one : took) medians.push_back(median(std::move(one)));
    return medians;
}

bool pin(int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(processor), &set);
    return ::pthread_setaffinity_np(::pthread_self(), sizeof set, &set) == 0;
}

Contention contention(const Burst& first, const Burst& second, int rounds, std::uint64_t turn_ns) {
    const std::size_t times = calls_in(first, turn_ns);
    std::vector<Span> alone(static_cast<std::size_t>(rounds)), ours(alone);
    std::vector<long> theirs(alone.size());  // preemptions
    Meeting meeting;
    std::atomic<bool> done{false};
    std::thread other([&] {
        pin(1);
        for (long& preempted : theirs) {
            meeting.meet();
            meeting.meet();
            const long before = preemptions();
            while (!done.load(std::memory_order_relaxed)) second(times / 32 + 1);
            preempted = preemptions() - before;
            meeting.meet();
        }
    });
    std::thread one([&] {
        pin(0);
        for (std::size_t round = 0; round < alone.size(); ++round) {
            done.store(false);
            meeting.meet();
            alone[round] = timed(first, times);
            meeting.meet();
            ours[round] = timed(first, times);
            done.store(true);
            meeting.meet();
        }
    });
    one.join();
    other.join();
    std::vector<double> single, both;
    for (std::size_t round = 0; round < alone.size(); ++round) {
        if (alone[round].undisturbed()) single.push_back(alone[round].wall());
        if (ours[round].undisturbed() && theirs[round] == 0) both.push_back(ours[round].wall());
    }
    const double base = median(single);
    const int counted = static_cast<int>(both.size());
    return {base > 0 ? median(std::move(both)) / base : 0, counted};
}

}  // namespace bench
