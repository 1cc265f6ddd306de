// The statistics for people: a line for each handler, and below it what is out of the ordinary.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "host/stats.h"
#include "host/time_text.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

constexpr std::size_t columns = 11;
using Line = std::array<std::string, columns>;

const Line titles{"plugin", "hook", "calls", "errors", "soft/hard", "skipped", "p50", "p99", "max", "share", "breaker"};

// Names and states stand left, numbers right.
constexpr bool is_left(std::size_t column) {
    return column < 2 || column == columns - 1;
}

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

using Widths = std::array<std::size_t, columns>;

void put_line(std::string& out, const Line& line, const Widths& widths) {
    for (std::size_t i = 0; i < columns; ++i) {
        const std::string space(widths[i] - width_of(line[i]), ' ');
        const bool last = i + 1 == columns;
        out += i > 0 ? "  " : "";
        out += is_left(i) ? line[i] + (last ? "" : space) : space + line[i];
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

}  // namespace

void write_table(const tenon_stats& stats, Outlet& outlet) {
    std::vector<Line> lines{titles};
    for (const StatRow& row : stats.rows) lines.push_back(line_of(row));
    Widths widths{};
    for (const Line& line : lines)
        for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], width_of(line[i]));
    outlet.text() += head(stats);
    put_line(outlet.text(), lines.front(), widths);
    for (std::size_t i = 0; i < stats.rows.size() && outlet.flow(); ++i) {
        const StatRow& row = stats.rows[i];
        put_line(outlet.text(), lines[i + 1], widths);
        put_breaker(outlet.text(), row, stats.when);
        put_short_circuits(outlet.text(), row);
        put_budget(outlet.text(), row.budget);
        put_overrun(outlet.text(), row, stats.when);
    }
}

}  // namespace tenon::host
