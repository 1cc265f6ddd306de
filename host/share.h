// The part of a thread's time that handlers take, against what they may.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/ticks.h"

struct tenon_registration;

namespace tenon::host {

class Host;

// For the watchdog's thread. Once a second it compares what each handler with a share has used since the last time. A
// second over the share is a strike, and all that the breaker hears of that second; so as many such seconds in a row as
// strikes in a row trip it. Seconds without calls say nothing.
//
// A second in which the process or the watchdog stood still, or a debugger held it, is not judged, nor is the one with
// the handler's first call.
class Shares {
public:
    // Does nothing before a second has passed. Throws std::bad_alloc.
    void judge(Host& host, const Ticks& ticks);

private:
    // Totals of a handler: all its calls, and those among them (weighted) whose time is known.
    struct Used {
        std::uint64_t calls = 0;
        std::uint64_t known = 0;
        std::uint64_t self_ns = 0;
        bool was_called = false;
        std::uint64_t strikes = 0;
    };
    struct Excess {
        std::string owner;
        std::string text;
    };
    void judge_one(tenon_registration& handler, std::uint64_t elapsed_ns, bool charged, std::vector<Excess>& found);

    std::unordered_map<std::uint64_t, Used> before_;  // by Number::tag
    std::unordered_map<std::uint64_t, Used> now_;
    std::uint64_t since_ns_ = 0;
    std::uint32_t since_tick_ = 0;
};

}  // namespace tenon::host
