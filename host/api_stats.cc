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
    if (index >= tenon_stats_count(stats)) return TENON_E_NOT_FOUND;
    const tenon_stats_row full = borrowed(stats->rows[index]);
    const std::uint32_t size = std::min<std::uint32_t>(out_row->struct_size, sizeof full);
    std::memcpy(static_cast<void*>(out_row), &full, size);
    out_row->struct_size = size;
    return TENON_OK;
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
