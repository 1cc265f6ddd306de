#include "tools/cli/report_row.h"

#include <tenon/types.hpp>

namespace tenon::cli {

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
            {"cached", row.cached}};
}

}  // namespace tenon::cli
