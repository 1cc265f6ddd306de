// write_stats json|prometheus|table: statistics with everything that can be in them, on standard output.
#include <cstdio>
#include <string_view>
#include <tenon/stats.hpp>

#include "tests/support/some_stats.h"

using namespace tenon;

namespace {

Stats everything() {
    tenon_stats stats = test::some_stats();
    for (std::uint32_t state = TENON_BREAKER_CLOSED; state <= TENON_BREAKER_METRICS_ONLY; ++state) {
        host::StatRow row = test::troubled_row();
        row.breaker = state;
        row.budget.soft_from = TENON_FROM_MANIFEST;
        row.version.clear();
        stats.rows.push_back(row);
    }
    stats.workers = {test::running_worker(), test::lost_worker(), test::lost_worker()};
    stats.workers.back().plugin = stats.workers.back().last_end = test::hostile_name;
    return Stats(new tenon_stats(std::move(stats)));
}

std::string text_of(const Stats& stats, std::string_view format) {
    return format == "json" ? stats.to_json() : format == "prometheus" ? stats.to_prometheus() : stats.to_table();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string text = text_of(everything(), argv[1]);
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
