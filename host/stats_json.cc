// The statistics for programs: every key is always there; share/stats.schema.json describes them.
#include "host/json.h"
#include "host/stats.h"
#include "host/time_text.h"

namespace tenon::host {

namespace {

Json& moment(Json& json, std::string_view name, std::uint64_t unix_ns) {
    json.name(name);
    return unix_ns == 0 ? json.null() : json.text(time_of_day(unix_ns));
}

void write_times(Json& json, const StatRow& row) {
    json.member("timed", row.timed).member("self_ns", row.self_ns).member("total_ns", row.total_ns);
    json.name("self").object();
    json.member("p50_ns", row.self_times.quantile(0.5)).member("p90_ns", row.self_times.quantile(0.9));
    json.member("p99_ns", row.self_times.quantile(0.99)).member("p999_ns", row.self_times.quantile(0.999));
    json.member("max_ns", row.max_ns).end_object();
    json.member("share_ppm", row.share_ppm);
}

void write_overruns(Json& json, const StatRow& row) {
    json.name("overruns").object();
    json.member("soft", row.soft_overruns).member("hard", row.hard_overruns).member("not_charged", row.not_charged);
    json.name("last");
    if (row.last_overrun == 0)
        json.null();
    else
        moment(json.object(), "when", row.last_overrun)
            .member("ns", row.last_overrun_ns)
            .member("stack", row.stack)
            .end_object();
    json.end_object();
}

void write_breaker(Json& json, const StatRow& row) {
    json.name("breaker").object();
    json.member("state", breaker_name(row.breaker)).member("reason", row.reason).member("trips", row.trips);
    moment(json, "since", row.since);
    moment(json, "next_probe", row.next_probe).end_object();
}

void write_limit(Json& json, std::string_view name, std::string_view unit, std::uint64_t value, std::uint32_t from) {
    json.name(name);
    if (value == 0)
        json.null();
    else
        json.object().member(unit, value).member("from", from_name(from)).end_object();
}

void write_row(Json& json, const StatRow& row) {
    json.new_line().object();
    json.member("plugin", row.plugin).member("version", row.version);
    json.member("hook", row.hook).member("handler", row.handler);
    json.member("calls", row.calls).member("errors", row.errors).member("exceptions", row.exceptions);
    json.member("skipped", row.skipped).member("short_circuits", row.short_circuits);
    write_times(json, row);
    write_overruns(json, row);
    write_breaker(json, row);
    json.name("budget").object();
    write_limit(json, "soft", "ns", row.budget.soft_ns, row.budget.soft_from);
    write_limit(json, "hard", "ns", row.budget.hard_ns, row.budget.hard_from);
    write_limit(json, "share", "percent", row.budget.share, row.budget.share_from);
    json.end_object().end_object();
}

void write_worker(Json& json, const WorkerRow& row) {
    json.new_line().object();
    json.member("plugin", row.plugin).member("version", row.version);
    json.member("state", worker_state_name(row.state)).name("pid");
    row.pid == 0 ? json.null() : json.number(static_cast<std::uint64_t>(row.pid));
    json.member("lanes", row.lanes).member("restarts", row.restarts).member("last_end", row.last_end);
    json.member("calls", row.calls).member("bytes_out", row.bytes_out).member("bytes_in", row.bytes_in);
    json.member("cpu_ns", row.cpu_ns).member("resident_kib", row.resident_kib).member("peak_kib", row.peak_kib);
    json.member("minor_faults", row.minor_faults).member("major_faults", row.major_faults);
    json.member("voluntary_switches", row.voluntary_switches);
    json.member("involuntary_switches", row.involuntary_switches).end_object();
}

}  // namespace

void write_json(const tenon_stats& stats, Outlet& outlet) {
    Json json(outlet.text());
    json.object();
    moment(json, "when", stats.when).member("clock", stats.clock).member("watchdog_period_ns", stats.watchdog_ns);
    json.name("handlers").array();
    for (const StatRow& row : stats.rows) {
        write_row(json, row);
        if (!outlet.flow()) return;
    }
    json.new_line().end_array().name("workers").array();
    for (const WorkerRow& row : stats.workers) {
        write_worker(json, row);
        if (!outlet.flow()) return;
    }
    json.new_line().end_array().end_object();
    outlet.text() += '\n';
}

}  // namespace tenon::host
