// The thread that sees calls overrun while they run.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/share.h"
#include "host/suspect.h"

namespace tenon::host {

class Host;

// Moves the host's ticks; looks at what each thread runs; opens the breaker of a handler whose call is past its hard
// budget, tells that call to end, and reports it once an episode, then at twice, four times ... its duration. Lets
// probes through when their time has come, judges shares, and brings what the store keeps up to date.
//
// Nobody is charged for time that was not the handler's: ticks count the watchdog's own wake-ups, so while it or the
// process is stopped no time passes; a thread that waits for a processor is not charged (suspect.h), nor is a process
// that is being traced.
class Watchdog {
public:
    Watchdog(Host& host, Ticks& ticks, std::uint32_t stack_signal);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    // Without it there is no thread, and ticks stand still. Throws std::system_error.
    void start();
    void stop() noexcept;
    // One turn. Called by the thread only, once it has been started.
    void turn() noexcept;

private:
    void run() noexcept;
    void look_at(const Slot& slot);
    bool is_known(const Level& level, std::uint32_t began) const noexcept;
    void judge(Suspect& suspect);
    bool strike(Suspect& suspect, std::uint64_t self_ns);
    void report(const Suspect& suspect, std::uint64_t self_ns);
    void let_probes_through() noexcept;

    Host& host_;
    Ticks& ticks_;
    const std::uint32_t stack_signal_;
    std::vector<Suspect> suspects_;
    Shares shares_;
    std::uint32_t turns_ = 0;

    std::mutex lock_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tenon::host
