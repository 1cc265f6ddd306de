#include "base/clock.h"

#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

using namespace tenon::base;

namespace {

// A machine of today: the kernel keeps time by the counter.
ClockFacts good_machine() {
    return {true, 2.45e9, "tsc", true, 21, 160};
}

double seconds(const Clock& clock, std::uint64_t ticks) {
    return static_cast<double>(clock.to_ns(ticks)) / 1e9;
}

}  // namespace

TEST_CASE("the counter is read where the kernel itself keeps time by it") {
    const Clock clock(good_machine());
    CHECK(clock.kind() == Clock::Kind::tsc);
    CHECK(clock.describe() == "TSC at 2.45 GHz");
}

TEST_CASE("without an invariant counter, with another source of the kernel, or unmeasured, it is CLOCK_MONOTONIC") {
    ClockFacts varies = good_machine();
    varies.invariant_tsc = false;
    ClockFacts distrusted = good_machine();
    distrusted.source = "kvm-clock";
    ClockFacts unknown = good_machine();
    unknown.source.clear();
    ClockFacts unmeasured = good_machine();
    unmeasured.tsc_hz = 0;
    ClockFacts absurd = good_machine();
    absurd.tsc_hz = 3;
    for (const ClockFacts& facts : {varies, distrusted, unknown, unmeasured, absurd}) {
        const Clock clock(facts);
        CHECK(clock.kind() == Clock::Kind::monotonic);
        CHECK(clock.describe() == "CLOCK_MONOTONIC");
    }
}

TEST_CASE("a reading that takes about as long as a system call is one, and is said to be slow") {
    ClockFacts facts{false, 0, "hpet", true, 590, 610};
    CHECK(Clock(facts).kind() == Clock::Kind::system_call);
    CHECK(Clock(facts).describe() ==
          "CLOCK_MONOTONIC by system call (slow): a reading takes 590 ns; the kernel's clock source is hpet");
    facts.source.clear();
    CHECK(Clock(facts).describe() ==
          "CLOCK_MONOTONIC by system call (slow): a reading takes 590 ns; the kernel's clock source is not known");
    facts.read_ns = 400;
    CHECK(Clock(facts).kind() == Clock::Kind::monotonic);
    facts.system_call_ns = 0;  // could not be tried
    facts.read_ns = 590;
    CHECK(Clock(facts).kind() == Clock::Kind::monotonic);
}

TEST_CASE("a process without a vDSO reads the clock by system call") {
    const Clock clock(ClockFacts{true, 0, "acpi_pm", false, 700, 0});
    CHECK(clock.kind() == Clock::Kind::system_call);
    CHECK(clock.describe() == "CLOCK_MONOTONIC by system call (slow): the kernel gave this process no vDSO");
}

TEST_CASE("ticks become nanoseconds to a millionth, for a nanosecond as for a century") {
    const Clock clock(good_machine());
    CHECK(clock.to_ns(0) == 0);
    CHECK(std::fabs(seconds(clock, 2'450'000'000u) - 1) < 1e-6);
    const std::uint64_t century = std::uint64_t{2'450'000'000} * 3'155'760'000;
    CHECK(std::fabs(seconds(clock, century) / 3'155'760'000.0 - 1) < 1e-6);
    const Clock plain(ClockFacts{});
    CHECK(plain.to_ns(std::numeric_limits<std::uint64_t>::max()) == std::numeric_limits<std::uint64_t>::max());
    CHECK(plain.to_ns(1) == 1);
}

TEST_CASE("time that runs backwards has taken no time") {
    const Clock clock(ClockFacts{});
    CHECK(clock.ns_between(100, 350) == 250);
    CHECK(clock.ns_between(350, 100) == 0);
}

TEST_CASE("an anchor translates readings before and after it") {
    ClockFacts facts = good_machine();
    facts.tsc_hz = 2e9;
    const Clock clock(facts);
    const Clock::Anchor anchor{20'000, 1'000'000};
    CHECK(clock.to_monotonic(20'000, anchor) == 1'000'000);
    CHECK(clock.to_monotonic(40'001, anchor) == 1'010'000);  // rounded down
    CHECK(clock.to_monotonic(0, anchor) == 990'000);
}

TEST_CASE("readings of a thread do not go backwards") {
    const Clock& clock = machine_clock();
    std::uint64_t backwards = 0;
    std::uint64_t last = clock.ticks();
    for (int i = 0; i < 1'000'000; ++i) {
        const std::uint64_t now = clock.ticks();
        backwards += now < last ? 1 : 0;
        last = now;
    }
    CHECK(backwards == 0);
}

TEST_CASE("the machine's clock agrees with CLOCK_MONOTONIC within one percent") {
    const Clock& clock = machine_clock();
    INFO(clock.describe());
    double worst = 0;
    for (int i = 0; i < 5; ++i) {
        const Clock::Anchor begin = clock.anchor();
        while (monotonic_ns() - begin.monotonic_ns < 10'000'000) std::this_thread::yield();
        const Clock::Anchor end = clock.anchor();
        const auto by_ours = static_cast<double>(clock.ns_between(begin.ticks, end.ticks));
        const auto by_kernels = static_cast<double>(end.monotonic_ns - begin.monotonic_ns);
        worst = std::max(worst, std::fabs(by_ours / by_kernels - 1));
        CHECK(clock.to_monotonic(begin.ticks, begin) == begin.monotonic_ns);
    }
    CHECK(worst < 0.01);
}

TEST_CASE("the measured facts are those of a machine, and the clock's text is what follows from them") {
    const ClockFacts facts = measure_clocks();
    CHECK(facts.read_ns > 0);
    CHECK_FALSE(facts.source.find('\n') != std::string::npos);
    if (facts.invariant_tsc && facts.source == "tsc" && facts.tsc_hz != 0)
        CHECK(Clock(facts).kind() == Clock::Kind::tsc);
    else
        CHECK(Clock(facts).kind() != Clock::Kind::tsc);
}

TEST_CASE("threads that come at the same time get the same clock") {
    std::vector<std::thread> threads;
    std::vector<const Clock*> clocks(4);
    for (const Clock*& clock : clocks) threads.emplace_back([&clock] { clock = &machine_clock(); });
    for (std::thread& thread : threads) thread.join();
    for (const Clock* clock : clocks) CHECK(clock == &machine_clock());
}
