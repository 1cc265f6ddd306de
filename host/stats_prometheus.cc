// The statistics in Prometheus' text format 0.0.4. Each handler is told by its labels plugin, hook and handler, each
// worker by its plugin; all
// samples of a metric stand together, as the format wants it.
#include <fmt/format.h>

#include <map>
#include <set>

#include "host/characters.h"
#include "host/stats.h"
#include "host/time_text.h"

namespace tenon::host {

namespace {

// A label's value, without its quotes. A NUL is escaped nowhere in the format, and Prometheus takes it for the end.
std::string escaped(std::string_view text) {
    std::string out;
    for_each_character(text, [&out](std::string_view character) {
        if (character == "\n")
            out += "\\n";
        else if (character == "\"" || character == "\\")
            (out += '\\') += character;
        else
            out += character[0] == '\0' ? std::string_view("\xEF\xBF\xBD") : character;
    });
    return out;
}

std::string who_of(const StatRow& row) {
    return fmt::format("plugin=\"{}\",hook=\"{}\",handler=\"{}", escaped(row.plugin), escaped(row.hook),
                       escaped(row.handler));
}
std::string who_of(const WorkerRow& row) {
    return fmt::format("plugin=\"{}", escaped(row.plugin));
}

// What no other row has: those of one name get "#2" and so on.
template <class Row>
std::vector<std::string> labels_of(const std::vector<Row>& rows) {
    std::vector<std::string> all;
    std::set<std::string> taken;
    std::map<std::string, int> numbers;  // the last that was tried
    for (const Row& row : rows) {
        const std::string who = who_of(row);
        int& number = numbers.try_emplace(who, 1).first->second;
        std::string labels = who + '"';
        while (!taken.insert(labels).second) labels = fmt::format("{}#{}\"", who, ++number);
        all.push_back(std::move(labels));
    }
    return all;
}

// "" is no sample: there is nothing to say.
std::string count(std::uint64_t number) {
    return std::to_string(number);
}
std::string seconds_or_none(std::uint64_t ns) {
    return ns == 0 ? std::string() : seconds_text(ns);
}

template <class Row>
struct Metric {
    const char* name;
    const char* type;
    const char* help;
    const char* label;  // one more, with its comma
    std::string (*value)(const Row& row);
};

constexpr Metric<StatRow> metrics[] = {
    {"tenon_handler_calls_total", "counter", "Calls.", "", [](const StatRow& row) { return count(row.calls); }},
    {"tenon_handler_errors_total", "counter", "Calls that ended with an error, exceptions included.", "",
     [](const StatRow& row) { return count(row.errors); }},
    {"tenon_handler_exceptions_total", "counter", "Calls that ended with an exception.", "",
     [](const StatRow& row) { return count(row.exceptions); }},
    {"tenon_handler_overruns_total", "counter", "Calls that were longer than a limit of the budget.", ",limit=\"soft\"",
     [](const StatRow& row) { return count(row.soft_overruns); }},
    {"tenon_handler_overruns_total", "", "", ",limit=\"hard\"",
     [](const StatRow& row) { return count(row.hard_overruns); }},
    {"tenon_handler_overruns_not_charged_total", "counter", "Overruns that were not the handler's.", "",
     [](const StatRow& row) { return count(row.not_charged); }},
    {"tenon_handler_skipped_total", "counter", "Calls that the breaker did not let through.", "",
     [](const StatRow& row) { return count(row.skipped); }},
    {"tenon_handler_short_circuits_total", "counter", "Calls, around others, that did not call next.", "",
     [](const StatRow& row) { return count(row.short_circuits); }},
    {"tenon_handler_timed_total", "counter", "Calls that were timed exactly; times are estimated from them.", "",
     [](const StatRow& row) { return count(row.timed); }},
    {"tenon_handler_inclusive_seconds_total", "counter", "Time of all calls, nested dispatches included.", "",
     [](const StatRow& row) { return seconds_text(row.total_ns); }},
    {"tenon_handler_self_max_seconds", "gauge", "Self time of the longest call.", "",
     [](const StatRow& row) { return seconds_text(row.max_ns); }},
    {"tenon_handler_share_ratio", "gauge", "Share of one thread's time since the handler was added.", "",
     [](const StatRow& row) { return seconds_text(row.share_ppm * 1000); }},  // a millionth is 1000 billionths
    {"tenon_handler_last_overrun_timestamp_seconds", "gauge", "When the last overrun was seen.", "",
     [](const StatRow& row) { return seconds_or_none(row.last_overrun); }},
    {"tenon_handler_breaker_state", "gauge",
     "1 closed, 2 open, 3 half-open, 4 forced open, 5 forced closed, 6 metrics only.", "",
     [](const StatRow& row) { return count(row.breaker); }},
    {"tenon_handler_breaker_trips_total", "counter", "How often the breaker opened by itself.", "",
     [](const StatRow& row) { return count(row.trips); }},
    {"tenon_handler_breaker_since_timestamp_seconds", "gauge", "When the breaker came into its state.", "",
     [](const StatRow& row) { return seconds_or_none(row.since); }},
    {"tenon_handler_budget_seconds", "gauge", "A limit of the self time of a call; absent where there is none.",
     ",limit=\"soft\"", [](const StatRow& row) { return seconds_or_none(row.budget.soft_ns); }},
    {"tenon_handler_budget_seconds", "", "", ",limit=\"hard\"",
     [](const StatRow& row) { return seconds_or_none(row.budget.hard_ns); }},
    {"tenon_handler_budget_share_ratio", "gauge", "The limit of the share; absent where there is none.", "",
     [](const StatRow& row) { return seconds_or_none(std::uint64_t{row.budget.share} * 10'000'000); }},
};

constexpr Metric<WorkerRow> worker_metrics[] = {
    {"tenon_worker_state", "gauge", "1 runs, 2 down, 3 quarantined.", "",
     [](const WorkerRow& row) { return count(row.state); }},
    {"tenon_worker_restarts_total", "counter", "How often it was started again.", "",
     [](const WorkerRow& row) { return count(row.restarts); }},
    {"tenon_worker_lanes", "gauge", "Lanes that are open.", "", [](const WorkerRow& row) { return count(row.lanes); }},
    {"tenon_worker_calls_total", "counter", "Calls by the host, those of the life cycle included.", "",
     [](const WorkerRow& row) { return count(row.calls); }},
    {"tenon_worker_sent_bytes_total", "counter", "What the host has sent to it.", "",
     [](const WorkerRow& row) { return count(row.bytes_out); }},
    {"tenon_worker_received_bytes_total", "counter", "What the host has received from it.", "",
     [](const WorkerRow& row) { return count(row.bytes_in); }},
    {"tenon_worker_cpu_seconds_total", "counter", "User and system time.", "",
     [](const WorkerRow& row) { return seconds_text(row.cpu_ns); }},
    {"tenon_worker_resident_bytes", "gauge", "Resident memory of the present process.", "",
     [](const WorkerRow& row) { return count(row.resident_kib * 1024); }},
    {"tenon_worker_resident_max_bytes", "gauge", "Resident memory of the largest process when it was largest.", "",
     [](const WorkerRow& row) { return count(row.peak_kib * 1024); }},
    {"tenon_worker_faults_total", "counter", "Page faults.", ",kind=\"minor\"",
     [](const WorkerRow& row) { return count(row.minor_faults); }},
    {"tenon_worker_faults_total", "", "", ",kind=\"major\"",
     [](const WorkerRow& row) { return count(row.major_faults); }},
    {"tenon_worker_switches_total", "counter", "Context switches.", ",kind=\"voluntary\"",
     [](const WorkerRow& row) { return count(row.voluntary_switches); }},
    {"tenon_worker_switches_total", "", "", ",kind=\"involuntary\"",
     [](const WorkerRow& row) { return count(row.involuntary_switches); }},
};

void put_head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
    out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void put_host(std::string& out, const tenon_stats& stats) {
    put_head(out, "tenon_clock_info", "gauge", "The clock that calls are timed with.");
    out += fmt::format("tenon_clock_info{{clock=\"{}\"}} 1\n", escaped(stats.clock));
    put_head(out, "tenon_watchdog_period_seconds", "gauge", "How often the watchdog looks; 0 without one.");
    out += fmt::format("tenon_watchdog_period_seconds {}\n", seconds_text(stats.watchdog_ns));
}

// Powers of two from about 1 us to about 8.6 s: there the counts are exact (histogram.h).
void put_histogram(std::string& out, const std::string& labels, const Distribution& times) {
    for (unsigned bits = 10; bits <= 33; ++bits)
        out += fmt::format("tenon_handler_self_seconds_bucket{{{},le=\"{}\"}} {}\n", labels,
                           seconds_text(std::uint64_t{1} << bits), times.below_power(bits));
    out += fmt::format("tenon_handler_self_seconds_bucket{{{},le=\"+Inf\"}} {}\n", labels, times.count());
    out += fmt::format("tenon_handler_self_seconds_sum{{{}}} {}\n", labels, seconds_text(times.sum_ns()));
    out += fmt::format("tenon_handler_self_seconds_count{{{}}} {}\n", labels, times.count());
}

template <class Row, std::size_t Count>
void put_metrics(Outlet& outlet, const std::vector<Row>& rows, const std::vector<std::string>& labels,
                 const Metric<Row> (&all)[Count]) {
    std::string& out = outlet.text();
    for (const Metric<Row>& metric : all) {
        if (metric.type[0] != '\0') put_head(out, metric.name, metric.type, metric.help);
        for (std::size_t i = 0; i < labels.size() && outlet.flow(); ++i)
            if (const std::string value = metric.value(rows[i]); !value.empty())
                out += fmt::format("{}{{{}{}}} {}\n", metric.name, labels[i], metric.label, value);
    }
}

void put_workers(const tenon_stats& stats, Outlet& outlet) {
    if (stats.workers.empty()) return;
    const std::vector<std::string> labels = labels_of(stats.workers);
    std::string& out = outlet.text();
    put_head(out, "tenon_worker_info", "gauge", "The plugins that run in workers.");
    for (std::size_t i = 0; i < labels.size() && outlet.flow(); ++i) {
        const WorkerRow& row = stats.workers[i];
        out += fmt::format("tenon_worker_info{{{},version=\"{}\",pid=\"{}\"}} 1\n", labels[i], escaped(row.version),
                           row.pid == 0 ? std::string() : std::to_string(row.pid));
    }
    put_metrics(outlet, stats.workers, labels, worker_metrics);
}

}  // namespace

void write_prometheus(const tenon_stats& stats, Outlet& outlet) {
    const std::vector<std::string> labels = labels_of(stats.rows);
    std::string& out = outlet.text();
    put_host(out, stats);
    put_head(out, "tenon_handler_info", "gauge", "The handlers, with the versions of their plugins.");
    for (std::size_t i = 0; i < labels.size() && outlet.flow(); ++i)
        out += fmt::format("tenon_handler_info{{{},version=\"{}\"}} 1\n", labels[i], escaped(stats.rows[i].version));
    put_metrics(outlet, stats.rows, labels, metrics);
    put_head(out, "tenon_handler_self_seconds", "histogram",
             "Self times of calls, estimated from those that were timed.");
    for (std::size_t i = 0; i < labels.size() && outlet.flow(); ++i)
        put_histogram(out, labels[i], stats.rows[i].self_times);
    put_workers(stats, outlet);
}

}  // namespace tenon::host
