// The statistics of all handlers at one moment, in words that outlive the handlers, and the three ways to show them.
#pragma once

#include <tenon/stats.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/histogram.h"
#include "host/outlet.h"

namespace tenon::host {

// One handler; the fields are those of tenon_stats_row, which says what they mean.
struct StatRow {
    std::string plugin;
    std::string version;
    std::string hook;
    std::string handler;

    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
    std::uint64_t exceptions = 0;
    std::uint64_t soft_overruns = 0;
    std::uint64_t hard_overruns = 0;
    std::uint64_t skipped = 0;
    std::uint64_t short_circuits = 0;
    std::uint64_t not_charged = 0;

    std::uint64_t timed = 0;
    Distribution self_times;  // each timed call with the number of calls that it stands for
    std::uint64_t self_ns = 0;
    std::uint64_t total_ns = 0;
    std::uint64_t max_ns = 0;
    std::uint64_t share_ppm = 0;

    std::uint64_t last_overrun = 0;
    std::uint64_t last_overrun_ns = 0;
    std::string stack;

    std::uint32_t breaker = TENON_BREAKER_CLOSED;
    std::uint64_t trips = 0;
    std::uint64_t since = 0;
    std::uint64_t next_probe = 0;
    std::string reason;

    tenon_budget budget{};
};

// One plugin in a worker; the fields are those of tenon_worker_stats.
struct WorkerRow {
    std::string plugin;
    std::string version;
    std::uint32_t state = TENON_WORKER_RUNS;
    std::int32_t pid = 0;
    std::uint32_t lanes = 0;
    std::uint64_t restarts = 0;
    std::uint64_t calls = 0;
    std::uint64_t bytes_out = 0, bytes_in = 0;
    std::uint64_t cpu_ns = 0;
    std::uint64_t resident_kib = 0, peak_kib = 0;
    std::uint64_t minor_faults = 0, major_faults = 0;
    std::uint64_t voluntary_switches = 0, involuntary_switches = 0;
    std::string last_end;
};

// "closed", "half-open" and so on, and "hook", "operator" and so on; "unknown" for other numbers.
std::string_view breaker_name(std::uint32_t state);
std::string_view worker_state_name(std::uint32_t state);  // "runs", "down", "quarantined"
std::string_view from_name(std::uint32_t from);

// The whole text, into the outlet; they stop early when it is stopped. Throw std::bad_alloc, and what the outlet
// throws.
void write_json(const tenon_stats& stats, Outlet& outlet);        // share/stats.schema.json
void write_prometheus(const tenon_stats& stats, Outlet& outlet);  // text format 0.0.4
void write_table(const tenon_stats& stats, Outlet& outlet);

}  // namespace tenon::host

// The rows, and what a reader must know of the host to judge them.
struct tenon_stats {
    std::vector<tenon::host::StatRow> rows;  // by hook, and in the order in which they run
    std::vector<tenon::host::WorkerRow> workers;
    std::uint64_t when = 0;         // Unix time
    std::string clock;              // base::Clock::describe()
    std::uint64_t watchdog_ns = 0;  // its period; 0: there is none
};
