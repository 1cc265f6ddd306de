#include "worker_overrun.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <thread>

#include "measure.h"
#include "worker_host.h"

namespace bench {

namespace {

constexpr std::uint64_t budget_ns = 100'000;

// What the kernel counts of the calling thread.
class Count {
public:
    Count() : waits_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}
    ~Count() { ::close(waits_); }
    Count(const Count&) = delete;
    Count& operator=(const Count&) = delete;

    struct Times {
        std::uint64_t computed = 0, waited = 0;  // ns; waited for a processor
        long slept = 0;                          // times
    };
    Times now() const {
        std::array<char, 96> text{};
        rusage usage{};
        ::getrusage(RUSAGE_THREAD, &usage);
        Times times{cpu_ns(), 0, usage.ru_nvcsw};
        if (::pread(waits_, text.data(), text.size() - 1, 0) <= 0) return times;
        char* rest = nullptr;
        std::strtoull(text.data(), &rest, 10);
        times.waited = std::strtoull(rest, nullptr, 10);
        return times;
    }

private:
    int waits_;
};

struct Took {
    double wall, given;
};

template <class Act>
Took timed(const Count& count, Act&& act) {
    const Count::Times before = count.now();
    const std::uint64_t begun = wall_ns();
    act();
    const auto wall = static_cast<double>(wall_ns() - begun);
    const Count::Times after = count.now();
    if (after.slept != before.slept) return {wall, wall};
    return {wall, std::min(wall, static_cast<double>(after.computed - before.computed + after.waited - before.waited))};
}

// How long the call is away whose handler keeps the processor for 20 ms. Nothing if a call before it was given up.
std::optional<Took> overrun_once() {
    Workshop shop(Where::in_worker);
    shop.load(worker_plugin());
    tenon::Scope scope(shop.host);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // what the last worker left to the kernel is done
    tenon_hook* const warm = shop.host.hook<crossing_call_hook>().raw();
    tenon_hook* const linger = shop.host.hook<crossing_linger_hook>().raw();
    crossing_block asked = {}, answered = {};
    for (int i = 0; i < 100; ++i) tenon_hook_call(warm, scope.raw(), &asked, &answered);
    tenon_hook_call(linger, scope.raw(), &asked, &answered);  // the first call of a handler has ten times its budget
    if (scope.error_count() != 0) return std::nullopt;
    asked.number = 20'000'000;
    const Took took = timed(Count(), [&] { tenon_hook_call(linger, scope.raw(), &asked, &answered); });
    if (took.wall < budget_ns) throw std::runtime_error("the call was given up before its budget was over");
    return took;
}

Took wait_once() {
    const pid_t busy = ::fork();
    if (busy < 0) throw std::runtime_error("no process");
    if (busy == 0)
        for (;;) wall_ns();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const Took took = timed(Count(), [] {
        for (const std::uint64_t end = wall_ns() + budget_ns; wall_ns() < end;) {
        }
    });
    ::kill(busy, SIGKILL);
    ::waitpid(busy, nullptr, 0);
    return took;
}

}  // namespace

Overruns overruns(int times) {
    Overruns all = {{"caller has control back, budget 100 us", {}},
                    {"the same, without the time in which the machine had no processor", {}},
                    {"a thread that looks at the clock for 100 us", {}}};
    int given_up = 0;
    for (int i = 0; i < times;) {
        all.floor.ns.push_back(wait_once().wall);
        const std::optional<Took> took = overrun_once();
        if (!took && ++given_up > times) throw std::runtime_error("calls before the overrun fail");
        if (!took) continue;
        all.wall.ns.push_back(took->wall);
        all.given.ns.push_back(took->given);
        ++i;
    }
    return all;
}

}  // namespace bench
