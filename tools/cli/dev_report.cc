#include "tools/cli/dev_report.h"

#include <fmt/format.h>
#include <time.h>

#include <cstdio>
#include <tenon/types.hpp>

namespace tenon::cli {
namespace {

std::string clock_of(time_t seconds) {
    struct tm local{};
    ::localtime_r(&seconds, &local);
    return fmt::format("{:02}:{:02}:{:02}", local.tm_hour, local.tm_min, local.tm_sec);
}

Tone tone_of(std::uint32_t verdict) {
    if (verdict == TENON_REFUSED || verdict == TENON_ROLLED_BACK) return Tone::bad;
    return verdict == TENON_UNCHANGED ? Tone::faint : Tone::good;
}

std::string shown(tenon_str text) {
    return cli::shown(tenon::view(text));
}

// "1.0.0", or "1.0.0 -> 1.1.0"
std::string versions(const tenon_reload_record& record) {
    const std::string from = shown(record.from_version), to = shown(record.to_version);
    return to.empty() || to == from ? from : from + " -> " + to;
}

std::string generations(const tenon_reload_record& record) {
    if (record.to_generation == 0) return fmt::format("generation {}", record.from_generation);
    return fmt::format("generation {} -> {}", record.from_generation, record.to_generation);
}

// What it took until the new build served, or was refused; probation and retiring go on beside the calls.
std::string times(const tenon_reload_record& record) {
    std::uint64_t sum = 0;
    std::string parts;
    for (std::uint32_t phase = 0; phase <= TENON_RELOAD_PUBLISH; ++phase) {
        const std::uint64_t ns = record.phase_ns[phase];
        if (ns == 0) continue;
        sum += ns;
        parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", tenon_reload_phase_name(phase), in_words(ns));
    }
    return fmt::format("{} ({})", in_words(sum), parts);
}

std::string handed_over(const tenon_reload_record& record) {
    std::string text;
    if (record.state_bytes != 0) text += fmt::format(", {} of state", counted(record.state_bytes, "byte"));
    if (record.calls_waited != 0)
        text += fmt::format(", {} waited at most {}", counted(record.calls_waited, "call"), in_words(record.pause_ns));
    return text;
}

}  // namespace

std::string in_words(std::uint64_t ns) {
    const auto value = static_cast<double>(ns);
    if (ns < 1'000'000) return fmt::format("{} us", (ns + 500) / 1000);
    if (ns < 1'000'000'000) return fmt::format("{:.2f} ms", value / 1e6);
    return fmt::format("{:.1f} s", value / 1e9);
}

DevReport::DevReport(bool json, bool no_color) : json_(json), screen_(no_color || json) {}

// Not fmt::print: a listener of the host's must not throw.
void DevReport::line(std::string_view text) {
    std::FILE* const out = json_ ? stderr : stdout;
    static_cast<void>(std::fprintf(out, "%.*s\n", static_cast<int>(text.size()), text.data()));
    static_cast<void>(std::fflush(out));
}

void DevReport::say(std::string_view text) {
    const std::lock_guard guard(lock_);
    line(fmt::format("{} {}", paint(Tone::faint, clock_of(::time(nullptr))), text));
}

void DevReport::refused(std::string_view indent, const base::Problem& problem) {
    const std::lock_guard guard(lock_);
    print_problem(indent, problem);
}

void DevReport::print_problem(std::string_view indent, const base::Problem& problem) {
    line(fmt::format("{}{}", indent, paint(Tone::bad, problem.id)));
    for (const std::string& one : shown_lines(problem.text)) line(fmt::format("{}  {}", indent, one));
    if (problem.fix.empty()) return;
    std::string_view before = "Fix: ";
    for (const std::string& one : shown_lines(problem.fix)) {
        line(fmt::format("{}  {}{}", indent, before, one));
        before = "";
    }
}

void DevReport::take(void* data, const tenon_reload_record* record) {
    auto& self = *static_cast<DevReport*>(data);
    try {
        const std::lock_guard guard(self.lock_);
        if (self.json_)
            self.print_json(*record);
        else
            self.print(*record);
        self.count(*record);
    } catch (const std::exception&) {  // for want of memory: a line less
    }
}

void DevReport::print_json(const tenon_reload_record& record) {
    const auto write = [](void*, tenon_str text) -> std::uint32_t {
        return std::fwrite(text.data, 1, text.size, stdout) == text.size ? 1 : 0;
    };
    tenon_reload_write(&record, write, nullptr);
    static_cast<void>(std::fflush(stdout));
}

// The end of a probation that went well is no news.
void DevReport::print(const tenon_reload_record& record) {
    if (record.verdict == TENON_UNCHANGED) return;
    const bool known = reloaded_.contains(record.number) && record.verdict != TENON_ROLLED_BACK;
    const bool told = known || rolled_back_.contains(record.number);
    if (!told) {
        const auto began = static_cast<time_t>(record.began_unix / 1'000'000'000);
        line(fmt::format("{} {} {}, {}: {}, {}{}", paint(Tone::faint, clock_of(began)),
                         paint(Tone::strong, tenon::view(record.plugin)), versions(record), generations(record),
                         paint(tone_of(record.verdict), tenon_reload_verdict_name(record.verdict)), times(record),
                         handed_over(record)));
        if (record.reason.size != 0)
            print_problem("  ", {std::string(tenon::view(record.reason)), std::string(tenon::view(record.text)),
                                 std::string(tenon::view(record.fix))});
    }
    if (record.unmapped == 0 && record.unmapped_reason.size != 0 && left_mapped_.insert(record.number).second) {
        line(fmt::format("  the build that does not serve was not unmapped:"));
        print_problem("  ", {std::string(tenon::view(record.unmapped_reason)),
                             std::string(tenon::view(record.unmapped_text)), ""});
    }
}

void DevReport::count(const tenon_reload_record& record) {
    if (record.verdict == TENON_RELOADED || record.verdict == TENON_ON_PROBATION) reloaded_.insert(record.number);
    if (record.verdict == TENON_REFUSED) refused_.insert(record.number);
    if (record.verdict == TENON_ROLLED_BACK) rolled_back_.insert(record.number);
}

void DevReport::count_build(bool failed) {
    const std::lock_guard guard(lock_);
    ++builds_;
    failed_builds_ += failed ? 1u : 0u;
}

std::uint64_t DevReport::reloads() const {
    const std::lock_guard guard(lock_);
    return reloaded_.size();
}

std::uint64_t DevReport::refusals() const {
    const std::lock_guard guard(lock_);
    return refused_.size();
}

void DevReport::summary() {
    const std::lock_guard guard(lock_);
    std::string text = fmt::format("{}, {} failed; {}, {} refused", counted(builds_, "build"), failed_builds_,
                                   counted(reloaded_.size(), "reload"), refused_.size());
    if (!rolled_back_.empty()) text += fmt::format(", {} rolled back", rolled_back_.size());
    line(text);
}

}  // namespace tenon::cli
