#include "tools/cli/report_row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tenon/host.h>

#include <string_view>
#include <tenon/types.hpp>

namespace tenon::cli {
namespace {

std::string_view level_name(std::uint32_t trust) {
    if (trust == TENON_TRUST_LOCKED) return "locked";
    if (trust == TENON_TRUST_STRICT) return "strict";
    return trust == TENON_TRUST_STANDARD ? "standard" : "trusted";
}

std::vector<std::string> texts(const tenon_span& span) {
    std::vector<std::string> out;
    for (const tenon_str& one : tenon::SpanView<tenon_str>(span)) out.push_back(text(one));
    return out;
}

std::optional<Confinement> sandbox_of(const tenon_report_row& row) {
    if (row.trust == 0 || (row.trust == TENON_TRUST_TRUSTED && row.in_worker == 0)) return std::nullopt;
    return Confinement{std::string(level_name(row.trust)), texts(row.without), texts(row.missing),
                       row.allow_degraded != 0};
}

Json sandbox_json(const std::optional<Confinement>& sandbox) {
    if (!sandbox) return nullptr;
    return {{"level", sandbox->level},
            {"without", sandbox->without},
            {"missing", sandbox->missing},
            {"allow_degraded", sandbox->allow_degraded}};
}

// How it stands with what the machine does not have.
std::string remark(const Confinement& sandbox) {
    if (sandbox.missing.empty()) return sandbox.allow_degraded ? "; nothing is missing (allow_degraded)" : "";
    const std::string missing =
        fmt::format("{} {} missing", fmt::join(sandbox.missing, " and "), sandbox.missing.size() == 1 ? "is" : "are");
    return sandbox.allow_degraded ? "; degraded: " + missing + " (allow_degraded)" : "; " + missing + ": not loaded";
}

}  // namespace

std::string text(tenon_str from) {
    return std::string(tenon::view(from));
}

base::Problem problem_of(const tenon_error& error) {
    return {error.reason, error.text, error.fix};
}

bool is_unreadable(const base::Problem& problem) {
    return problem.id.starts_with("file.") || problem.id.starts_with("scan.");
}

std::string ReportRow::title() const {
    return id.empty() ? path.substr(path.rfind('/') + 1) : id;
}

std::string ReportRow::state_name() const {
    return tenon_state_name(state);
}

std::string ReportRow::confinement(std::uint32_t usual_trust) const {
    if (trust == 0) return {};
    if (!sandbox) return trust == usual_trust ? "" : "trusted, in process";
    const bool usual = trust == usual_trust && sandbox->without.empty() && sandbox->missing.empty();
    if (usual && !sandbox->allow_degraded) return {};
    if (trust == TENON_TRUST_TRUSTED) return "trusted, in a worker";
    return sandbox->level + (sandbox->without.empty() ? "" : ", without ") +
           fmt::format("{}", fmt::join(sandbox->without, " and ")) + remark(*sandbox);
}

ReportRow report_row(const tenon_report_row& row) {
    ReportRow out;
    out.id = text(row.plugin);
    out.version = text(row.version);
    out.name = text(row.name);
    out.path = text(row.path);
    out.state = row.state;
    out.refusal = {text(row.reason), text(row.text), text(row.fix)};
    for (const tenon_report_problem& problem : tenon::SpanView<tenon_report_problem>(row.problems))
        out.problems.push_back({text(problem.reason), text(problem.text), text(problem.fix)});
    for (const tenon_report_link& link : tenon::SpanView<tenon_report_link>(row.after))
        out.after.push_back({text(link.plugin), text(link.what), link.required != 0});
    out.microseconds = row.microseconds;
    out.cached = row.cached != 0;
    out.trust = row.trust;
    out.sandbox = sandbox_of(row);
    return out;
}

Json to_json(const ReportRow& row) {
    Json after = Json::array();
    for (const StartsAfter& link : row.after)
        after.push_back({{"plugin", link.plugin}, {"what", link.what}, {"required", link.required}});
    return {{"id", row.id},
            {"version", row.version},
            {"name", row.name},
            {"path", row.path},
            {"state", row.state_name()},
            {"reason", row.refusal.id},
            {"text", row.refusal.text},
            {"fix", row.refusal.fix},
            {"problems", to_json(row.problems)},
            {"after", after},
            {"microseconds", row.microseconds},
            {"cached", row.cached},
            {"sandbox", sandbox_json(row.sandbox)}};
}

}  // namespace tenon::cli
