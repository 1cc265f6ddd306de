#include "host/report.h"

#include <algorithm>
#include <cstring>

namespace tenon::host {

void explain(Row& row, const base::Problems& problems) {
    if (problems.empty()) return;
    row.reason = problems.front().id;
    row.text = base::to_text(problems);
    std::vector<std::string> fixes;
    for (const base::Problem& problem : problems)
        if (!problem.fix.empty() && std::find(fixes.begin(), fixes.end(), problem.fix) == fixes.end())
            fixes.push_back(problem.fix);
    row.fix.clear();
    for (const std::string& fix : fixes)  // whole sentences, or phrases
        row.fix += (row.fix.empty() ? "" : row.fix.ends_with('.') ? " " : "; ") + fix;
}

}  // namespace tenon::host

namespace {

constexpr const char* state_names[] = {"discovered", "verified", "resolved", "loaded",  "started", "active",
                                       "quiescing",  "stopped",  "unloaded", "retired", "failed",  "quarantined"};

tenon_str borrow(const std::string& text) {
    return {text.data(), text.size()};
}

}  // namespace

const char* tenon_state_name(std::uint32_t state) {
    return state < std::size(state_names) ? state_names[state] : "unknown";
}

std::uint64_t tenon_report_count(const tenon_report* report) {
    return report == nullptr ? 0 : report->rows.size();
}

std::int32_t tenon_report_get(const tenon_report* report, std::uint64_t index, tenon_report_row* out_row) {
    if (out_row == nullptr || out_row->struct_size < sizeof(std::uint32_t)) return TENON_E_INVALID;
    if (index >= tenon_report_count(report)) return TENON_E_NOT_FOUND;
    const tenon::host::Row& row = report->rows[index];
    const tenon_report_row full = {sizeof full,         row.state,        borrow(row.plugin),
                                   borrow(row.version), borrow(row.path), borrow(row.reason),
                                   borrow(row.text),    borrow(row.fix),  row.microseconds};
    const std::uint32_t size = std::min<std::uint32_t>(out_row->struct_size, sizeof full);
    std::memcpy(static_cast<void*>(out_row), &full, size);
    out_row->struct_size = size;
    return TENON_OK;
}

void tenon_report_destroy(tenon_report* report) {
    delete report;
}
