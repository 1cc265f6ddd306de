// Turns what google-benchmark measured into a table of nanoseconds and ratios.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

namespace bench {

// Keeps the median CPU time of each benchmark "<who>/<handlers>"; prints nothing itself.
class Medians : public benchmark::ConsoleReporter {
public:
    void ReportRuns(const std::vector<Run>& runs) override;
    // Nanoseconds of a call; 0 if it was not measured.
    double of(const std::string& who, int handlers) const;

private:
    std::map<std::string, double> medians_;
};

// A Markdown table: a row for each number of handlers, a column for each of `who`, the ratio to the first behind it.
std::string markdown(const Medians& medians, const std::vector<std::string>& who, const std::vector<int>& handlers);

// Writes the table to the file that BENCH_TABLE names, if it is set.
void keep(const std::string& table);

// The machine in one line: processor, cores, kernel.
std::string machine();

}  // namespace bench
