// What was found, for people.
#include <fmt/format.h>

#include "tools/cli/doctor.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

using loader::Finding;
using loader::Severity;

Tone tone_of(Severity severity) {
    switch (severity) {
        case Severity::error:
            return Tone::bad;
        case Severity::warning:
            return Tone::strong;
        case Severity::note:
            break;
    }
    return Tone::faint;
}

// The path stands above already.
std::string_view without_path(std::string_view text, std::string_view path) {
    if (text.starts_with(path) && text.substr(path.size()).starts_with(": ")) text.remove_prefix(path.size() + 2);
    return text;
}

void print_finding(const Screen& screen, const Finding& finding, std::string_view path) {
    screen.line(fmt::format("  {} {}", screen.paint(tone_of(finding.severity), loader::severity_name(finding.severity)),
                            screen.paint(Tone::strong, finding.id)));
    screen.lines("    ", without_path(finding.text, path));
    if (!finding.fix.empty()) screen.lines("    ", fmt::format("Fix: {}", finding.fix));
    Table table;
    const auto add = [&](const char* what, std::string_view text) {
        table.add({{what, Tone::faint}, {std::string(text)}});
    };
    add("loading", finding.means.loading);
    add("reloading", finding.means.reloading);
    add("isolation", finding.means.isolation);
    add("older systems", finding.means.older_systems);
    table.print(screen, "      ");
}

}  // namespace

void print_diagnosis(const Screen& screen, const Diagnosis& diagnosis) {
    const Facts& facts = diagnosis.facts;
    screen.line(fmt::format("{}: {}", shown(facts.path), screen.paint(Tone::strong, title(facts))));
    for (const Finding& finding : diagnosis.findings) print_finding(screen, finding, facts.path);
    screen.line(fmt::format("  {}, {}, {}", counted(diagnosis.count(Severity::error), "error"),
                            counted(diagnosis.count(Severity::warning), "warning"),
                            counted(diagnosis.count(Severity::note), "note")));
}

}  // namespace tenon::cli
