#include "worker_trips.h"

#include <stdexcept>

#include "measure.h"
#include "report.h"

namespace bench {

double Series::p50() const {
    return median(ns);
}

std::vector<Series> in_turns(const std::vector<Crossing>& crossings, const Placement& placement, std::size_t size,
                             const Pace& pace, int rounds) {
    std::vector<Series> all;
    for (const Crossing& crossing : crossings) all.push_back({crossing.name, {}});
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < crossings.size(); ++i) {
            const std::vector<double> taken = trips(crossings[i], placement, size, pace);
            all[i].ns.insert(all[i].ns.end(), taken.begin(), taken.end());
        }
    return all;
}

std::string us_at(const Series& series, double q) {
    if (static_cast<double>(series.ns.size()) * (1 - q) < 2) return "-";
    const double us = quantile(series.ns, q) / 1e3;
    return fixed(us, us < 10 ? 3 : 1);
}

std::string trips_table(const std::string& what, const std::vector<Series>& all,
                        const std::vector<std::string>& floors) {
    std::vector<std::string> titles = {what, "trips", "p50", "p99", "p99.9"};
    for (const std::string& floor : floors) titles.push_back("p50 to " + floor);
    std::string table = head(titles);
    for (const Series& series : all) {
        std::vector<std::string> cells = {series.name, std::to_string(series.ns.size())};
        for (const double q : {0.5, 0.99, 0.999}) cells.push_back(us_at(series, q));
        for (const std::string& floor : floors) cells.push_back(fixed(series.p50() / named(all, floor).p50(), 2) + "x");
        table += row(cells);
    }
    return table;
}

const Series& named(const std::vector<Series>& all, const std::string& name) {
    for (const Series& series : all)
        if (series.name == name) return series;
    throw std::runtime_error("nothing is called " + name);
}

}  // namespace bench
