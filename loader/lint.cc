#include "loader/lint.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "loader/elf.h"
#include "loader/lint_report.h"

namespace tenon::loader {

namespace {

const LintRule& rule_of(std::string_view id) {
    const std::span<const LintRule> rules = lint_rules();
    return *std::find_if(rules.begin(), rules.end() - 1, [&](const LintRule& rule) { return rule.id == id; });
}

// What can be told of a file for another system: only whether it needs a plugin that lies beside it.
void lint_foreign(const Image& image, LintReport& report) {
    for (const std::string& name : image.needed) {
        if (name.find('/') != std::string::npos || name.find('\\') != std::string::npos) continue;
        const std::string beside = std::filesystem::path(image.path).replace_filename(name).string();
        if (read_image_file(beside))
            report.add("lint.needs-plugin", fmt::format("needs {}, which is the plugin {}", cut(name), beside));
    }
    std::vector<std::string_view> others;
    for (const LintRule& rule : lint_rules())
        if (rule.id != "lint.machine" && rule.id != "lint.needs-plugin" && rule.id != "lint.not-checked")
            others.push_back(rule.id);
    report.add("lint.not-checked",
               fmt::format("is for {}: not looked at were {}", image.platform, fmt::join(others, ", ")));
}

// The problem's text begins with the path, as that of a finding does.
std::string_view without_path(std::string_view text, std::string_view path) {
    return text.starts_with(path) && text.substr(path.size()).starts_with(": ") ? text.substr(path.size() + 2) : text;
}

// Whether the file's tables could be read.
base::Check lint_elf(const Source& source, const Image& image, const System& system, LintReport& report) {
    const base::Result<Elf> elf = Elf::open(source, image.path);
    if (!elf) return elf.problem();
    const base::Result<Linkage> read = Linkage::read(elf.value());
    if (!read) return read.problem();
    const Linkage& linkage = read.value();
    const std::vector<Needed> needed = find_needed(image.path, linkage, system);
    lint_segments(linkage, report);
    lint_flags(linkage, image, report);
    lint_symbols(linkage, report);
    lint_libraries(linkage, needed, system, report);
    lint_undefined(linkage, needed, lint_versions(linkage, needed, system, report), report);
    return {};
}

}  // namespace

std::string_view severity_name(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        case Severity::note:
            break;
    }
    return "note";
}

void LintReport::add(std::string_view id, std::string_view text, std::optional<Severity> severity) {
    const LintRule& rule = rule_of(id);
    findings_.push_back({std::string(rule.id), severity.value_or(rule.severity), fmt::format("{}: {}", path_, text),
                         std::string(rule.fix), rule.means});
}

std::vector<Finding> LintReport::take() {
    std::vector<Finding> sorted;
    for (const Severity severity : {Severity::error, Severity::warning, Severity::note})
        for (const LintRule& rule : lint_rules())
            for (Finding& finding : findings_)
                if (finding.severity == severity && finding.id == rule.id) sorted.push_back(std::move(finding));
    findings_.clear();
    return sorted;
}

Finding to_finding(const base::Problem& problem) {
    return {problem.id,
            Severity::error,
            problem.text,
            problem.fix,
            {"it is refused", "it is refused, and the generation before it stays active", "none of its code runs",
             "the same"}};
}

base::Problems dangers(const Source& source, const Image& image) {
    const base::Result<Elf> elf = Elf::open(source, image.path);
    if (!elf) return {elf.problem()};
    const base::Result<Linkage> linkage = Linkage::read_head(elf.value());
    if (!linkage) return {linkage.problem()};
    LintReport report(image.path);
    lint_segments(linkage.value(), report);
    lint_flags(linkage.value(), image, report);
    base::Problems problems;
    for (Finding& finding : report.take())
        if (finding.severity == Severity::error)
            problems.push_back({std::move(finding.id), std::move(finding.text), std::move(finding.fix)});
    return problems;
}

std::vector<Finding> lint(const Source& source, const Image& image, const System& system) {
    LintReport report(image.path);
    if (image.note_type != TENON_NOTE_PLUGIN) return {};
    if (!image.platform.empty() && image.platform != system.facts().platform) {
        report.add("lint.machine",
                   fmt::format("was built for {}; this system is {}", image.platform, system.facts().platform));
        lint_foreign(image, report);
        return report.take();
    }
    if (const base::Check problem = lint_elf(source, image, system, report))
        report.add("lint.damaged-tables",
                   fmt::format("its tables cannot be read: {}", without_path(problem->text, image.path)));
    return report.take();
}

}  // namespace tenon::loader
