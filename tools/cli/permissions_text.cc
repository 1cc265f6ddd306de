// What a plugin may do, for people and for programs.
#include <fmt/format.h>

#include "host/permission_list.h"
#include "host/time_text.h"
#include "tools/cli/json.h"
#include "tools/cli/permissions.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

Tone tone_of(Standing standing) {
    if (standing == Standing::granted) return Tone::good;
    return standing == Standing::waiting || standing == Standing::unasked ? Tone::bad : Tone::faint;
}

// Who granted it and when, or what to type.
std::string remark(const RequestRow& row) {
    switch (row.standing) {
        case Standing::granted:
            return fmt::format("since {} by {}", host::time_of_day(row.since, false), row.by);
        case Standing::own:
            return "needs no grant";
        default:
            return row.command;
    }
}

std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string summary(const PermissionsReport& report) {
    const std::size_t unasked = report.count(Standing::unasked);
    if (report.file.empty() && report.rows.empty()) return "was granted nothing; there is no file of this name either";
    if (report.file.empty()) return fmt::format("was granted {}", counted(report.rows.size(), "permission"));
    std::string text = fmt::format("asks for {}", counted(report.rows.size() - unasked, "permission"));
    if (report.store.empty()) return text;
    text += fmt::format("; {} granted, {} waiting", report.count(Standing::granted), report.count(Standing::waiting));
    if (unasked > 0) text += fmt::format("; {} granted and not asked for any more", unasked);
    return text;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json row_json(const RequestRow& row) {
    const bool granted = row.standing == Standing::granted || row.standing == Standing::unasked;
    return {{"request", row.request},
            {"state", to_string(row.standing)},
            {"since", granted ? Json(host::time_of_day(row.since)) : Json(nullptr)},
            {"by", granted ? Json(row.by) : Json(nullptr)},
            {"command", text_or_null(row.command)}};
}

}  // namespace

void print_permissions(const Screen& screen, const PermissionsReport& report) {
    for (const base::Problem& problem : report.problems)
        print_problem(screen, "", problem.id, problem.text, problem.fix);
    if (!report.problems.empty()) return;
    const std::string about = report.version.empty() ? report.plugin : report.plugin + " " + report.version;
    screen.line(fmt::format("{} {}", screen.paint(Tone::strong, about), summary(report)));
    Table table;
    for (const RequestRow& row : report.rows)
        table.add({{std::string(to_string(row.standing)), tone_of(row.standing)}, {row.request}, {remark(row)}});
    table.print(screen, "  ");
    if (report.count(Standing::waiting) > 1)
        screen.line(shown(fmt::format("All that is waiting: tenon grant {} --all-of {} --store {}", report.plugin,
                                      host::shell_word(report.file), host::shell_word(report.store))));
}

void print_permissions_json(const PermissionsReport& report) {
    Json out = {{"plugin", text_or_null(report.plugin)},
                {"version", text_or_null(report.version)},
                {"file", text_or_null(report.file)},
                {"store", text_or_null(report.store)},
                {"requests", Json::array()},
                {"problems", to_json(report.problems)},
                {"exit_code", report.exit_code}};
    for (const RequestRow& row : report.rows) out["requests"].push_back(row_json(row));
    print_json(out);
}

}  // namespace tenon::cli
