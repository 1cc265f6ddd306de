#include "report.h"

#include <fmt/color.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace pressroom {
namespace {

// Writes to one stream; styles only when a terminal shows them.
class Printer {
public:
    explicit Printer(std::FILE* out) : out_(out), colours_(isatty(fileno(out)) == 1) {}

    void line(const std::string& text = {}) const { fmt::print(out_, "{}\n", text); }
    std::string bad(const std::string& text) const { return styled(fmt::fg(fmt::terminal_color::red), text); }
    std::string good(const std::string& text) const { return styled(fmt::fg(fmt::terminal_color::green), text); }
    std::string warn(const std::string& text) const { return styled(fmt::fg(fmt::terminal_color::yellow), text); }
    std::string strong(const std::string& text) const { return styled(fmt::emphasis::bold, text); }

private:
    std::string styled(const fmt::text_style& style, const std::string& text) const {
        return colours_ ? fmt::format(style, "{}", text) : text;
    }
    std::FILE* out_;
    bool colours_;
};

double milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

// The lines of a text below one another, as far in as the first.
std::string indented(tenon_str text) {
    std::string out;
    for (const char c : tenon::view(text)) out += c == '\n' ? std::string("\n      ") : std::string(1, c);
    return out;
}

std::string name_of(const tenon_report_row& row) {
    const std::string_view path = tenon::view(row.path);
    return std::string(row.plugin.size != 0 ? tenon::view(row.plugin) : path.substr(path.rfind('/') + 1));
}

void print_plugin(const Printer& to, const tenon_report_row& row, std::size_t width, bool quiet) {
    const bool active = row.state == TENON_STATE_ACTIVE;
    if (active && quiet) return;
    // Padded before it is coloured: a terminal's codes have no width.
    const std::string state = fmt::format("{:<8}", tenon_state_name(row.state));
    to.line(fmt::format("  {:<{}}  {:<8}  {}  {:>7.1f} ms", name_of(row), width, tenon::view(row.version),
                        active ? to.good(state) : to.bad(state), static_cast<double>(row.microseconds) / 1000));
    if (active) return;
    to.line(fmt::format("    {}: {}", to.bad(std::string(tenon::view(row.reason))), indented(row.text)));
    if (row.fix.size != 0) to.line(fmt::format("    Fix: {}", indented(row.fix)));
}

void print_plugins(const Printer& to, const tenon::Report& report, bool quiet) {
    std::size_t width = 6;
    for (std::uint64_t i = 0; i < report.size(); ++i) width = std::max(width, name_of(report[i]).size());
    if (!quiet) to.line(to.strong(fmt::format("  {:<{}}  version   state        time", "plugin", width)));
    for (std::uint64_t i = 0; i < report.size(); ++i) print_plugin(to, report[i], width, quiet);
    if (!quiet && report.size() == 0) to.line("  " + to.warn("none: there is no plugin in the folder"));
    if (!quiet) to.line();
}

void print_page(const Printer& to, const Document& document, const Page& page, bool quiet) {
    for (const Finding& finding : page.findings) {
        if (quiet) break;
        const std::string place = finding.line != 0 ? fmt::format("{}:{}", document.file, finding.line) : document.file;
        to.line(
            fmt::format("{}: {}: {}", place, finding.warning ? to.warn(finding.source) : finding.source, finding.text));
    }
    if (quiet && !page.rendered)
        to.line(fmt::format("{}: {}: no plugin rendered this page", document.file, to.bad("failed")));
    for (const Failure& failure : page.failures) {
        const std::string who = failure.plugin.empty() ? "host" : failure.plugin;
        to.line(fmt::format("{}: {}: {} of {}: {}", document.file, to.bad("failed"), failure.step, who, failure.text));
        if (!failure.fix.empty()) to.line("    Fix: " + failure.fix);
    }
}

std::string counted(std::size_t number, const char* one, const char* many) {
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

void print_summary(const Printer& to, const Run& run) {
    const double seconds = std::chrono::duration<double>(run.time).count();
    to.line();
    to.line(to.strong(fmt::format("{}, {} bytes, {}, {:.1f} ms, {:.0f} pages/s", counted(run.written, "page", "pages"),
                                  run.bytes, counted(run.warnings(), "warning", "warnings"), milliseconds(run.time),
                                  seconds > 0 ? static_cast<double>(run.written) / seconds : 0)));
    const StepTimes times = run.step_times();
    for (std::size_t step = 0; step < step_count; ++step)
        to.line(fmt::format("  {:<14} {:>8.1f} ms", step_names[step], milliseconds(times[step])));
}

}  // namespace

std::size_t Run::warnings() const {
    std::size_t count = 0;
    for (const Page& page : pages)
        count += static_cast<std::size_t>(
            std::count_if(page.findings.begin(), page.findings.end(), [](const Finding& f) { return f.warning; }));
    return count;
}

StepTimes Run::step_times() const {
    StepTimes sum{};
    for (const Page& page : pages)
        for (std::size_t step = 0; step < step_count; ++step) sum[step] += page.times[step];
    return sum;
}

ExitCode Run::exit_code() const {
    if (written == 0) return exit_nothing;
    const bool pages_fine = std::all_of(pages.begin(), pages.end(),
                                        [](const Page& page) { return page.rendered && page.failures.empty(); });
    const bool fine = pages_fine && plugins.all_active() && site.rejected.empty() && unwritten.empty();
    return fine ? exit_built : exit_flawed;
}

std::string statistics(const tenon::Host& host, std::uint32_t format) {
    const tenon::Stats stats = tenon::stats_of(host.raw());
    return format == TENON_STATS_JSON ? stats.to_json() : stats.to_table();
}

void print_text(const Run& run, bool quiet) {
    const Printer to(quiet ? stderr : stdout);
    print_plugins(to, run.plugins, quiet);
    for (std::size_t i = 0; i < run.pages.size(); ++i) print_page(to, run.site.documents[i], run.pages[i], quiet);
    for (const Rejected& rejected : run.site.rejected)
        to.line(fmt::format("{}: {}: {}", rejected.path, to.bad("left out"), rejected.why));
    for (const Rejected& rejected : run.unwritten)
        to.line(fmt::format("{}: {}: {}", rejected.path, to.bad("not written"), rejected.why));
    if (!quiet) print_summary(to, run);
    if (!run.statistics.empty()) fmt::print("\n{}", run.statistics);
}

}  // namespace pressroom
