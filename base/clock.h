// What time it is, for as few nanoseconds as the machine allows.
//
// Where the processor's time stamp counter runs at one speed, and the kernel itself keeps time by it (it watches the
// counter and drops it when it is not to be trusted), we read the counter. Everywhere else we read CLOCK_MONOTONIC.
// Whether that asks the kernel each time is measured, because nothing says it: a reading that takes about as long as
// the bare system call is one.
#pragma once

#include <time.h>

#include <cstdint>
#include <string>

#include "base/tsc.h"

namespace tenon::base {

// Nanoseconds of CLOCK_MONOTONIC.
inline std::uint64_t monotonic_ns() noexcept {
    struct timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
}

// What a clock is chosen by.
struct ClockFacts {
    bool invariant_tsc = false;
    double tsc_hz = 0;          // measured; 0: not, or not exactly enough
    std::string source;         // the kernel's clock source; empty: not known
    bool vdso = true;           // the kernel gave the process functions that need no system call
    double read_ns = 0;         // what a reading of CLOCK_MONOTONIC takes
    double system_call_ns = 0;  // the same by the bare system call; 0: not known
};

// Takes a few milliseconds.
ClockFacts measure_clocks();

// The counter's speed in Hz, from two readings of both clocks at least 2 ms apart; 0 if they disagree by more than
// one part in 1,000 five times in a row (the thread was held up), or if there is no counter.
double measure_tsc_hz();

// Constant once made; used by any thread.
class Clock {
public:
    enum class Kind { tsc, monotonic, system_call };

    explicit Clock(const ClockFacts& facts);

    // A reading, in units that only to_ns understands. Readings of one thread do not go backwards; those of two
    // processors may differ by some nanoseconds.
    std::uint64_t ticks() const noexcept { return kind_ == Kind::tsc ? read_tsc() : monotonic_ns(); }

    // The time that so many ticks take. No overflow.
    std::uint64_t to_ns(std::uint64_t ticks) const noexcept {
        return static_cast<std::uint64_t>((static_cast<Wide>(ticks) * ns_per_tick_) >> fraction_bits);
    }
    // From one reading to another; 0 if that is not later.
    std::uint64_t ns_between(std::uint64_t begin, std::uint64_t end) const noexcept {
        return end > begin ? to_ns(end - begin) : 0;
    }

    // Both clocks at one moment, to translate readings that are near it: over hours they drift apart, because the
    // kernel corrects CLOCK_MONOTONIC.
    struct Anchor {
        std::uint64_t ticks;
        std::uint64_t monotonic_ns;
    };
    Anchor anchor() const noexcept;
    std::uint64_t to_monotonic(std::uint64_t ticks, const Anchor& near) const noexcept {
        return ticks >= near.ticks ? near.monotonic_ns + to_ns(ticks - near.ticks)
                                   : near.monotonic_ns - to_ns(near.ticks - ticks);
    }

    Kind kind() const noexcept { return kind_; }
    // "TSC at 2.45 GHz", "CLOCK_MONOTONIC", or "CLOCK_MONOTONIC by system call (slow): ..." with the reason.
    const std::string& describe() const noexcept { return text_; }

private:
    __extension__ typedef unsigned __int128 Wide;
    static constexpr unsigned fraction_bits = 32;

    Kind kind_;
    std::uint64_t ns_per_tick_;  // with fraction_bits
    std::string text_;
};

// The clock of this machine, chosen and calibrated at the first use by the first thread that comes. It is process-wide,
// and constant from then on, because it holds facts of the machine and nothing of ours.
const Clock& machine_clock();

}  // namespace tenon::base
