// The statistics for people: a line for each handler, and below it what is out of the ordinary; then the same for
// workers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "host/stats.h"
#include "host/time_text.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

template <std::size_t Columns>
using Texts = std::array<std::string, Columns>;

using Line = Texts<11>;
const Line titles{"plugin", "hook", "calls", "errors", "soft/hard", "skipped", "p50", "p99", "max", "share", "breaker"};

using WorkerLine = Texts<10>;
const WorkerLine worker_titles{"worker", "pid", "restarts", "calls", "out", "in", "cpu", "resident", "peak", "state"};

std::string shown(std::string_view text) {
    return manifest::printable(text, std::string_view::npos);
}

// So that one strange name does not push all others off the screen.
std::string cut(std::string_view text) {
    return manifest::printable(text, 64);
}

std::string measured(const StatRow& row, std::uint64_t ns) {
    return row.timed == 0 ? "-" : span_text(ns);
}

Line line_of(const StatRow& row) {
    return {cut(row.handler.empty() ? row.plugin : row.plugin + "#" + row.handler),
            cut(row.hook),
            std::to_string(row.calls),
            std::to_string(row.errors),
            fmt::format("{}/{}", row.soft_overruns, row.hard_overruns),
            std::to_string(row.skipped),
            measured(row, row.self_times.quantile(0.5)),
            measured(row, row.self_times.quantile(0.99)),
            measured(row, row.max_ns),
            fmt::format("{}.{:02} %", row.share_ppm / 10'000, row.share_ppm % 10'000 / 100),
            std::string(breaker_name(row.breaker))};
}

// Characters, near enough: code points.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

// Lines below each other. The first columns, which hold names, and the last, a state, stand left; numbers right.
template <std::size_t Columns>
class Grid {
public:
    Grid(std::size_t names, const Texts<Columns>& titles_of_columns) : names_(names), lines_{titles_of_columns} {}

    void add(Texts<Columns> line) { lines_.push_back(std::move(line)); }
    // Once all lines are there. 0 is the titles'.
    void put(std::string& out, std::size_t number);

private:
    void measure() {
        for (; measured_ < lines_.size(); ++measured_)
            for (std::size_t i = 0; i < Columns; ++i) widths_[i] = std::max(widths_[i], width_of(lines_[measured_][i]));
    }

    const std::size_t names_;
    std::vector<Texts<Columns>> lines_;
    std::array<std::size_t, Columns> widths_{};
    std::size_t measured_ = 0;
};

template <std::size_t Columns>
void Grid<Columns>::put(std::string& out, std::size_t number) {
    measure();
    const Texts<Columns>& line = lines_[number];
    for (std::size_t i = 0; i < Columns; ++i) {
        const std::string space(widths_[i] - width_of(line[i]), ' ');
        const bool last = i + 1 == Columns;
        out += i > 0 ? "  " : "";
        out += i < names_ || last ? line[i] + (last ? "" : space) : space + line[i];
    }
    out += '\n';
}

// "3.2 s ago", "in 4 s"
std::string relative(std::uint64_t moment, std::uint64_t now) {
    return moment <= now ? span_text(now - moment) + " ago" : "in " + span_text(moment - now);
}

void put_breaker(std::string& out, const StatRow& row, std::uint64_t now) {
    if (row.breaker == TENON_BREAKER_CLOSED) return;
    out += fmt::format("  breaker: {}", row.reason.empty() ? breaker_name(row.breaker) : shown(row.reason));
    if (row.since != 0) out += fmt::format("; since {} ({})", time_of_day(row.since, false), relative(row.since, now));
    if (row.next_probe != 0) out += fmt::format("; next probe {}", relative(row.next_probe, now));
    if (row.trips != 0) out += fmt::format("; {} {}", row.trips, row.trips == 1 ? "trip" : "trips");
    out += '\n';
}

void put_short_circuits(std::string& out, const StatRow& row) {
    if (row.short_circuits != 0) out += fmt::format("  calls that did not call next: {}\n", row.short_circuits);
}

void put_limit(std::string& list, std::string_view name, const std::string& value, std::uint32_t from) {
    list += fmt::format("{}{} {} ({})", list.empty() ? "" : ", ", name, value, from_name(from));
}

void put_budget(std::string& out, const tenon_budget& budget) {
    std::string list;
    if (budget.soft_ns != 0) put_limit(list, "soft", span_text(budget.soft_ns), budget.soft_from);
    if (budget.hard_ns != 0) put_limit(list, "hard", span_text(budget.hard_ns), budget.hard_from);
    if (budget.share != 0) put_limit(list, "share", fmt::format("{} %", budget.share), budget.share_from);
    if (!list.empty()) out += fmt::format("  budget: {}\n", list);
}

void put_overrun(std::string& out, const StatRow& row, std::uint64_t now) {
    if (row.last_overrun == 0) return;
    out += fmt::format("  last overrun: {}, {}\n", span_text(row.last_overrun_ns), relative(row.last_overrun, now));
    for (std::string_view rest = row.stack; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        out += fmt::format("    {}\n", shown(line));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
}

std::string head(const tenon_stats& stats) {
    const std::string watchdog =
        stats.watchdog_ns == 0 ? std::string("none") : fmt::format("every {}", span_text(stats.watchdog_ns));
    return fmt::format("{}; clock: {}; watchdog: {}\n", time_of_day(stats.when, false), stats.clock, watchdog);
}

// Three digits, rounded down: "812 B", "1.24 KiB", "50 MiB".
std::string size_text(std::uint64_t bytes) {
    static constexpr std::array<const char*, 7> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    std::uint64_t rest = 0;
    for (; bytes >= 1024; bytes /= 1024, ++unit) rest = bytes % 1024;
    const std::uint64_t hundredths = rest * 100 / 1024;
    if (unit == 0 || bytes >= 100) return fmt::format("{} {}", bytes, units[unit]);
    if (bytes >= 10) return fmt::format("{}.{} {}", bytes, hundredths / 10, units[unit]);
    return fmt::format("{}.{:02} {}", bytes, hundredths, units[unit]);
}

WorkerLine line_of(const WorkerRow& row) {
    return {cut(row.plugin),
            row.pid == 0 ? std::string("-") : std::to_string(row.pid),
            std::to_string(row.restarts),
            std::to_string(row.calls),
            size_text(row.bytes_out),
            size_text(row.bytes_in),
            span_text(row.cpu_ns),
            size_text(row.resident_kib * 1024),
            size_text(row.peak_kib * 1024),
            std::string(worker_state_name(row.state))};
}

void put_worker_table(const tenon_stats& stats, Outlet& outlet) {
    if (stats.workers.empty()) return;
    Grid<std::tuple_size_v<WorkerLine>> grid(1, worker_titles);
    for (const WorkerRow& row : stats.workers) grid.add(line_of(row));
    outlet.text() += '\n';
    grid.put(outlet.text(), 0);
    for (std::size_t i = 0; i < stats.workers.size() && outlet.flow(); ++i) {
        const WorkerRow& row = stats.workers[i];
        grid.put(outlet.text(), i + 1);
        if (!row.last_end.empty()) outlet.text() += fmt::format("  last end: {}\n", shown(row.last_end));
    }
}

}  // namespace

void write_table(const tenon_stats& stats, Outlet& outlet) {
    Grid<std::tuple_size_v<Line>> grid(2, titles);
    for (const StatRow& row : stats.rows) grid.add(line_of(row));
    outlet.text() += head(stats);
    grid.put(outlet.text(), 0);
    for (std::size_t i = 0; i < stats.rows.size() && outlet.flow(); ++i) {
        const StatRow& row = stats.rows[i];
        grid.put(outlet.text(), i + 1);
        put_breaker(outlet.text(), row, stats.when);
        put_short_circuits(outlet.text(), row);
        put_budget(outlet.text(), row.budget);
        put_overrun(outlet.text(), row, stats.when);
    }
    put_worker_table(stats, outlet);
}

}  // namespace tenon::host
