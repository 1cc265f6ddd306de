#include "tests/conformance/whereabouts.h"

#include <tenon/report.h>
#include <tenon/stats.h>

#include <memory>
#include <set>
#include <stdexcept>
#include <string>

#include "tests/conformance/application.h"

namespace tenon::conformance {

namespace {

// By what the host has counted of their workers, not by what was meant to be.
std::set<std::string> those_with_a_worker(tenon_host* host) {
    tenon_stats* raw = nullptr;
    tenon_host_stats(host, &raw);
    const std::unique_ptr<tenon_stats, void (*)(tenon_stats*)> stats(raw, tenon_stats_destroy);
    std::set<std::string> out;
    for (std::uint64_t i = 0; i < tenon_stats_worker_count(raw); ++i) {
        tenon_worker_stats worker{};
        worker.struct_size = sizeof worker;
        tenon_stats_worker_at(raw, i, &worker);
        out.insert(text(worker.plugin));
    }
    return out;
}

}  // namespace

void check_whereabouts(tenon_host* host, bool in_workers) {
    const std::set<std::string> found = those_with_a_worker(host);
    tenon_report* raw = nullptr;
    tenon_host_plugins(host, &raw);
    const std::unique_ptr<tenon_report, void (*)(tenon_report*)> report(raw, tenon_report_destroy);
    for (std::uint64_t i = 0; i < tenon_report_count(raw); ++i) {
        tenon_report_row row{};
        row.struct_size = sizeof row;
        tenon_report_get(raw, i, &row);
        if (row.state != TENON_STATE_ACTIVE) continue;
        const std::string plugin = text(row.plugin);
        if ((row.in_worker != 0) != in_workers || (found.count(plugin) != 0) != in_workers)
            throw std::runtime_error(plugin + (in_workers ? " is not in a worker" : " is in a worker"));
    }
}

}  // namespace tenon::conformance
