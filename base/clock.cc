#include "base/clock.h"

#include <fmt/format.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/file.h"

namespace tenon::base {

namespace {

constexpr const char* source_file = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

std::string kernel_clock_source() {
    const Result<std::string> text = read_file(source_file, 256);
    return text ? text.value().substr(0, text.value().find_first_of(" \n")) : std::string();
}

// Both clocks as close to each other as a few tries allow; `apart` says how close in ticks.
struct Pair {
    std::uint64_t ticks = 0;
    std::uint64_t ns = 0;
    std::uint64_t apart = std::numeric_limits<std::uint64_t>::max();
};

template <class Read>
Pair read_both(Read&& read) noexcept {
    Pair best;
    best.ticks = read();
    best.ns = monotonic_ns();
    for (int i = 0; i < 16; ++i) {
        const std::uint64_t before = read();
        const std::uint64_t ns = monotonic_ns();
        const std::uint64_t after = read();
        if (after >= before && after - before < best.apart) best = {before + (after - before) / 2, ns, after - before};
    }
    return best;
}

// Hz, or 0 if the measurement is not exact to one part in 1,000.
double tsc_hz_over(const timespec& interval) noexcept {
    const Pair begin = read_both(read_tsc);
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &interval, nullptr);
    const Pair end = read_both(read_tsc);
    if (end.ticks <= begin.ticks || end.ns <= begin.ns) return 0;
    const auto ticks = static_cast<double>(end.ticks - begin.ticks);
    const double uncertain = (static_cast<double>(begin.apart) + static_cast<double>(end.apart)) / 2;
    return uncertain * 1000 <= ticks ? ticks * 1e9 / static_cast<double>(end.ns - begin.ns) : 0;
}

// What one call takes: the quickest of some batches, because whatever disturbs makes it longer.
template <class Read>
double cost_ns(Read&& read) noexcept {
    constexpr int batches = 8, calls = 32;
    std::uint64_t quickest = std::numeric_limits<std::uint64_t>::max();
    for (int i = 0; i < batches; ++i) {
        const std::uint64_t begin = monotonic_ns();
        for (int j = 0; j < calls; ++j) read();
        quickest = std::min(quickest, monotonic_ns() - begin);
    }
    return static_cast<double>(quickest) / calls;
}

bool ask_kernel() noexcept {
    struct timespec now{};
    return ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now) == 0;
}

// A reading without a system call takes a fraction of one; with it, it takes as long.
bool is_system_call(const ClockFacts& facts) {
    return !facts.vdso || (facts.system_call_ns > 0 && facts.read_ns * 3 >= facts.system_call_ns * 2);
}

bool may_use_tsc(const ClockFacts& facts) {
    return facts.invariant_tsc && facts.source == "tsc" && facts.tsc_hz >= 1e8 && facts.tsc_hz <= 1e11;
}

std::string why_slow(const ClockFacts& facts) {
    if (!facts.vdso) return "the kernel gave this process no vDSO";
    return fmt::format("a reading takes {:.0f} ns; the kernel's clock source is {}", facts.read_ns,
                       facts.source.empty() ? "not known" : facts.source);
}

}  // namespace

double measure_tsc_hz() {
    constexpr timespec interval{0, 2'000'000};
    for (int i = 0; i < 5; ++i)
        if (const double hz = tsc_hz_over(interval); hz > 0) return hz;
    return 0;
}

ClockFacts measure_clocks() {
    ClockFacts facts;
    facts.invariant_tsc = tsc_is_invariant();
    facts.source = kernel_clock_source();
    if (facts.invariant_tsc && facts.source == "tsc") facts.tsc_hz = measure_tsc_hz();
    facts.vdso = ::getauxval(AT_SYSINFO_EHDR) != 0;
    facts.read_ns = cost_ns(monotonic_ns);
    facts.system_call_ns = ask_kernel() ? cost_ns(ask_kernel) : 0;
    return facts;
}

Clock::Clock(const ClockFacts& facts) {
    const bool tsc = may_use_tsc(facts);
    kind_ = tsc ? Kind::tsc : is_system_call(facts) ? Kind::system_call : Kind::monotonic;
    const double one = std::ldexp(1.0, fraction_bits);
    ns_per_tick_ = static_cast<std::uint64_t>(tsc ? std::llround(1e9 / facts.tsc_hz * one) : std::llround(one));
    if (kind_ == Kind::tsc)
        text_ = fmt::format("TSC at {:.2f} GHz", facts.tsc_hz / 1e9);
    else if (kind_ == Kind::monotonic)
        text_ = "CLOCK_MONOTONIC";
    else
        text_ = "CLOCK_MONOTONIC by system call (slow): " + why_slow(facts);
}

Clock::Anchor Clock::anchor() const noexcept {
    const Pair both = read_both([this] { return ticks(); });
    return {both.ticks, both.ns};
}

const Clock& machine_clock() {
    static const Clock clock(measure_clocks());
    return clock;
}

}  // namespace tenon::base
