// The C functions of stats.h that are about statistics already taken.
#include <algorithm>
#include <cstring>
#include <new>

#include "host/stats.h"
#include "host/text.h"

using namespace tenon::host;

namespace {

tenon_stats_row borrowed(const StatRow& row) noexcept {
    tenon_stats_row out{};
    out.breaker = row.breaker;
    out.plugin = borrow(row.plugin);
    out.version = borrow(row.version);
    out.hook = borrow(row.hook);
    out.handler = borrow(row.handler);
    out.calls = row.calls;
    out.errors = row.errors;
    out.exceptions = row.exceptions;
    out.soft_overruns = row.soft_overruns;
    out.hard_overruns = row.hard_overruns;
    out.skipped = row.skipped;
    out.short_circuits = row.short_circuits;
    out.not_charged = row.not_charged;
    out.timed = row.timed;
    out.self_ns = row.self_ns;
    out.total_ns = row.total_ns;
    out.p50_ns = row.self_times.quantile(0.5);
    out.p90_ns = row.self_times.quantile(0.9);
    out.p99_ns = row.self_times.quantile(0.99);
    out.p999_ns = row.self_times.quantile(0.999);
    out.max_ns = row.max_ns;
    out.share_ppm = row.share_ppm;
    out.last_overrun = row.last_overrun;
    out.last_overrun_ns = row.last_overrun_ns;
    out.trips = row.trips;
    out.since = row.since;
    out.next_probe = row.next_probe;
    out.reason = borrow(row.reason);
    out.stack = borrow(row.stack);
    out.budget = row.budget;
    return out;
}

tenon_worker_stats borrowed(const WorkerRow& row) noexcept {
    tenon_worker_stats out{};
    out.state = row.state;
    out.plugin = borrow(row.plugin);
    out.version = borrow(row.version);
    out.pid = row.pid;
    out.lanes = row.lanes;
    out.restarts = row.restarts;
    out.calls = row.calls;
    out.bytes_out = row.bytes_out;
    out.bytes_in = row.bytes_in;
    out.cpu_ns = row.cpu_ns;
    out.resident_kib = row.resident_kib;
    out.peak_kib = row.peak_kib;
    out.minor_faults = row.minor_faults;
    out.major_faults = row.major_faults;
    out.voluntary_switches = row.voluntary_switches;
    out.involuntary_switches = row.involuntary_switches;
    out.last_end = borrow(row.last_end);
    return out;
}

// As much of it as the caller knows.
template <class Out, class Row>
std::int32_t give(const std::vector<Row>& rows, std::uint64_t index, Out* out) noexcept {
    if (index >= rows.size()) return TENON_E_NOT_FOUND;
    const Out full = borrowed(rows[index]);
    const std::uint32_t size = std::min<std::uint32_t>(out->struct_size, sizeof full);
    std::memcpy(static_cast<void*>(out), &full, size);
    out->struct_size = size;
    return TENON_OK;
}

using Renderer = void (*)(const tenon_stats&, Outlet&);

Renderer renderer_of(std::uint32_t format) noexcept {
    switch (format) {
        case TENON_STATS_JSON:
            return write_json;
        case TENON_STATS_PROMETHEUS:
            return write_prometheus;
        case TENON_STATS_TABLE:
            return write_table;
        default:
            return nullptr;
    }
}

}  // namespace

void tenon_stats_destroy(tenon_stats* stats) {
    delete stats;
}

std::uint64_t tenon_stats_count(const tenon_stats* stats) {
    return stats == nullptr ? 0 : stats->rows.size();
}

std::int32_t tenon_stats_row_at(const tenon_stats* stats, std::uint64_t index, tenon_stats_row* out_row) {
    if (out_row == nullptr || out_row->struct_size < sizeof(std::uint32_t)) return TENON_E_INVALID;
    return stats == nullptr ? std::int32_t{TENON_E_NOT_FOUND} : give(stats->rows, index, out_row);
}

std::uint64_t tenon_stats_worker_count(const tenon_stats* stats) {
    return stats == nullptr ? 0 : stats->workers.size();
}

std::int32_t tenon_stats_worker_at(const tenon_stats* stats, std::uint64_t index, tenon_worker_stats* out_worker) {
    if (out_worker == nullptr || out_worker->struct_size < sizeof(std::uint32_t)) return TENON_E_INVALID;
    return stats == nullptr ? std::int32_t{TENON_E_NOT_FOUND} : give(stats->workers, index, out_worker);
}

std::int32_t tenon_stats_write(const tenon_stats* stats, std::uint32_t format, tenon_write_fn write, void* data) {
    const Renderer render = renderer_of(format);
    if (stats == nullptr || write == nullptr || render == nullptr) return TENON_E_INVALID;
    try {
        Outlet outlet(write, data);
        render(*stats, outlet);
        return outlet.finish();
    } catch (const std::bad_alloc&) {
        return TENON_E_NO_MEMORY;
    } catch (...) {  // the application's function threw
        return TENON_E_EXCEPTION;
    }
}
