// Tables of trips: every crossing has its turn in each round, so that whatever disturbs the machine disturbs all.
#pragma once

#include "worker_crossing.h"

namespace bench {

// The times of one crossing, in nanoseconds, of all rounds together.
struct Series {
    std::string name;
    std::vector<double> ns;
    double p50() const;
};

std::vector<Series> in_turns(const std::vector<Crossing>& crossings, const Placement& placement, std::size_t size,
                             const Pace& pace, int rounds);

// "12.3", in microseconds; "-" where there are too few times to say.
std::string us_at(const Series& series, double q);

// p50, p99, p99.9 of each, and the p50 as a multiple of that of each series in `floors`.
std::string trips_table(const std::string& what, const std::vector<Series>& all,
                        const std::vector<std::string>& floors);

const Series& named(const std::vector<Series>& all, const std::string& name);

}  // namespace bench
