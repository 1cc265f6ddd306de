// How long bursts take: CPU time, by turns, so that whatever disturbs the machine disturbs all; medians.
#pragma once

#include <cstdint>
#include <vector>

#include "contender.h"

namespace bench {

std::uint64_t cpu_ns();   // of the calling thread
std::uint64_t wall_ns();  // CLOCK_MONOTONIC

double median(std::vector<double> values);
// The value that the part `q` of them does not exceed; 0 if there is none.
double quantile(std::vector<double> values, double q);

// Nanoseconds of CPU time of one call of each burst: the medians of `rounds` rounds in which each has its turn for
// about `turn_ns`.
std::vector<double> by_turns(const std::vector<Burst>& bursts, int rounds, std::uint64_t turn_ns);

// Binds the calling thread to a processor; false if there is none of that number.
bool pin(int processor);

// How many times as long a call takes, by the clock on the wall because waiting for a lock counts, while a second
// thread does the same on another processor from the beginning of the round to its end. Rounds alone and rounds
// together take turns; those in which either was preempted do not count. 0: no round counted.
struct Contention {
    double slowdown = 0;
    int rounds = 0;  // that counted
};
Contention contention(const Burst& first, const Burst& second, int rounds, std::uint64_t turn_ns);

}  // namespace bench
