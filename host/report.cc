#include "host/report.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace tenon::host {

base::Problem joined(const base::Problems& problems) {
    if (problems.empty()) return {};
    base::Problem all{problems.front().id, base::to_text(problems), ""};
    std::vector<std::string> fixes;
    for (const base::Problem& problem : problems)
        if (!problem.fix.empty() && std::find(fixes.begin(), fixes.end(), problem.fix) == fixes.end())
            fixes.push_back(problem.fix);
    for (const std::string& fix : fixes)  // whole sentences, or phrases
        all.fix += (all.fix.empty() ? "" : all.fix.ends_with('.') ? " " : "; ") + fix;
    return all;
}

}  // namespace tenon::host

namespace {

constexpr const char* state_names[] = {"discovered", "verified", "resolved", "loaded",  "started", "active",
                                       "quiescing",  "stopped",  "unloaded", "retired", "failed",  "quarantined"};

tenon_str borrow(std::string_view text) {
    return {text.data(), text.size()};
}

template <class T>
tenon_span borrow(const std::vector<T>& list) {
    return {list.data(), list.size(), sizeof(T), 0};
}

std::vector<tenon_str> borrow_all(const std::vector<std::string_view>& names) {
    std::vector<tenon_str> out;
    for (const std::string_view name : names) out.push_back(borrow(name));
    return out;
}

void tell_confinement(const tenon_report::Kept& kept, tenon_report_row& out) {
    const tenon::host::Confined& confined = kept.row.confined;
    out.trust = confined.trust;
    out.in_worker = confined.in_worker ? 1 : 0;
    out.allow_degraded = confined.allow_degraded ? 1 : 0;
    out.degraded = confined.is_degraded() ? 1 : 0;
    out.without = borrow(kept.without);
    out.missing = borrow(kept.missing);
}

}  // namespace

tenon_report::tenon_report(std::vector<tenon::host::Row> given) {
    rows.reserve(given.size());
    for (tenon::host::Row& row : given) {
        Kept& kept = rows.emplace_back();
        kept.row = std::move(row);  // first: what follows borrows from it
        kept.joined = kept.row.joined();
        for (const tenon::base::Problem& problem : kept.row.problems)
            kept.problems.push_back({borrow(problem.id), borrow(problem.text), borrow(problem.fix)});
        for (const tenon::host::After& link : kept.row.after)
            kept.after.push_back({borrow(link.plugin), borrow(link.what), link.required ? 1u : 0u, 0});
        kept.without = borrow_all(kept.row.confined.without);
        kept.missing = borrow_all(kept.row.confined.missing);
    }
}

const char* tenon_state_name(std::uint32_t state) {
    return state < std::size(state_names) ? state_names[state] : "unknown";
}

std::uint64_t tenon_report_count(const tenon_report* report) {
    return report == nullptr ? 0 : report->rows.size();
}

std::int32_t tenon_report_get(const tenon_report* report, std::uint64_t index, tenon_report_row* out_row) {
    if (out_row == nullptr || out_row->struct_size < sizeof(std::uint32_t)) return TENON_E_INVALID;
    if (index >= tenon_report_count(report)) return TENON_E_NOT_FOUND;
    const tenon_report::Kept& kept = report->rows[index];
    const tenon::host::Row& row = kept.row;
    tenon_report_row full{};
    full.state = row.state;
    full.plugin = borrow(row.plugin);
    full.version = borrow(row.version);
    full.path = borrow(row.path);
    full.reason = borrow(kept.joined.id);
    full.text = borrow(kept.joined.text);
    full.fix = borrow(kept.joined.fix);
    full.microseconds = row.microseconds;
    full.name = borrow(row.name);
    full.problems = borrow(kept.problems);
    full.after = borrow(kept.after);
    full.cached = row.cached ? 1 : 0;
    tell_confinement(kept, full);
    const std::uint32_t size = std::min<std::uint32_t>(out_row->struct_size, sizeof full);
    std::memcpy(static_cast<void*>(out_row), &full, size);
    out_row->struct_size = size;
    return TENON_OK;
}

void tenon_report_destroy(tenon_report* report) {
    delete report;
}
