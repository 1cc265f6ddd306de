// Statistics as a host might have them: of a quiet handler, of one in trouble, and of one whose names are an attack.
#pragma once

#include <string>

#include "host/stats.h"

namespace tenon::test {

inline constexpr std::uint64_t second = 1'000'000'000;
inline constexpr std::uint64_t new_year = 1'735'689'600 * second;  // 2025-01-01T00:00:00Z

inline const std::string hostile_name =
    std::string("a\"b\\c\nd\r\x1b[31m\t\x7f") + '\0' + "\xff\xc3(\xed\xa0\x80 \xe2\x82\xac }{,=#,";

inline host::StatRow quiet_row() {
    host::StatRow row;
    row.plugin = "org.acme.menu";
    row.version = "1.2.3";
    row.hook = "shop/price";
    return row;
}

inline host::Distribution some_times() {
    host::Histogram times;
    times.record(1'000, 900);
    times.record(2'000'000, 100);
    host::Distribution out;
    out.add(times);
    return out;
}

inline host::StatRow troubled_row() {
    host::StatRow row;
    row.plugin = "org.acme.resize";
    row.version = "2.0.0-rc.1";
    row.hook = "shop/price";
    row.handler = "round";
    row.calls = 1000;
    row.errors = 7;
    row.exceptions = 2;
    row.soft_overruns = 90;
    row.hard_overruns = 10;
    row.skipped = 40;
    row.short_circuits = 25;
    row.not_charged = 1;
    row.timed = 15;
    row.self_times = some_times();
    row.self_ns = row.self_times.sum_ns();
    row.total_ns = 300'000'000;
    row.max_ns = 2'000'001;
    row.share_ppm = 31'400;
    row.last_overrun = new_year - 3 * second - 1;
    row.last_overrun_ns = 12'345'678;
    row.stack = "resize::round(shop_article*)\nresize::handle\n";
    row.breaker = TENON_BREAKER_OPEN;
    row.trips = 2;
    row.since = new_year - 12 * second;
    row.next_probe = new_year + 4 * second + 200'000'000;
    row.reason = "8 of the last 16 calls were strikes";
    row.budget = {50'000, 1'000'000, 10, TENON_FROM_HOOK, TENON_FROM_OPERATOR, TENON_FROM_LIVE};
    return row;
}

inline host::StatRow hostile_row() {
    host::StatRow row = quiet_row();
    row.plugin = row.version = row.hook = row.handler = row.reason = row.stack = hostile_name;
    row.breaker = TENON_BREAKER_FORCED_OPEN;
    row.last_overrun = 1;
    row.calls = row.self_ns = row.total_ns = row.max_ns = UINT64_MAX;
    return row;
}

inline host::WorkerRow running_worker() {
    host::WorkerRow row;
    row.plugin = "org.acme.resize";
    row.version = "2.0.0-rc.1";
    row.pid = 4711;
    row.lanes = 3;
    row.calls = 1000;
    row.bytes_out = 300'000;
    row.bytes_in = 5ull << 30;
    row.cpu_ns = 1'234'567'890;
    row.resident_kib = 2'048;
    row.peak_kib = 104'960;
    row.minor_faults = 500;
    row.major_faults = 1;
    row.voluntary_switches = 20;
    row.involuntary_switches = 4;
    return row;
}

inline host::WorkerRow lost_worker() {
    host::WorkerRow row;
    row.plugin = "org.acme.menu";
    row.version = "1.2.3";
    row.state = TENON_WORKER_QUARANTINED;
    row.restarts = 3;
    row.last_end = "org.acme.menu 1.2.3: its worker was ended by signal 11 (Segmentation fault)";
    return row;
}

inline tenon_stats some_stats() {
    tenon_stats stats;
    stats.rows = {quiet_row(), troubled_row(), hostile_row(), hostile_row()};
    stats.when = new_year;
    stats.clock = "TSC at 2.45 GHz";
    stats.watchdog_ns = 1'000'000;
    return stats;
}

}  // namespace tenon::test
