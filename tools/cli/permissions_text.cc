// What a plugin may do, for people and for programs.
#include <fmt/format.h>

#include "manifest/words.h"
#include "tools/cli/answer.h"
#include "tools/cli/permissions.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

Tone tone_of(std::string_view state) {
    if (state == "granted") return Tone::good;
    return state == "waiting" || state == "unasked" ? Tone::bad : Tone::faint;
}

// Who granted it and when, or what to type.
std::string remark(const Json& row) {
    const std::string state = text_of(row, "state");
    if (state == "granted")
        return fmt::format("since {} by {}", whole_seconds(text_of(row, "since")), text_of(row, "by"));
    return state == "own" ? "needs no grant" : text_of(row, "command");
}

std::string summary(const PermissionsReport& report) {
    const std::size_t unasked = report.count("unasked"), all = report.requests.size();
    if (report.file.empty() && all == 0) return "was granted nothing; there is no file of this name either";
    if (report.file.empty()) return fmt::format("was granted {}", counted(all, "permission"));
    std::string text = fmt::format("asks for {}", counted(all - unasked, "permission"));
    if (report.store.empty()) return text;
    text += fmt::format("; {} granted, {} waiting", report.count("granted"), report.count("waiting"));
    if (unasked > 0) text += fmt::format("; {} granted and not asked for any more", unasked);
    return text;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

}  // namespace

void print_permissions(const Screen& screen, const PermissionsReport& report) {
    for (const base::Problem& problem : report.problems)
        print_problem(screen, "", problem.id, problem.text, problem.fix);
    if (!report.problems.empty()) return;
    const std::string about = report.version.empty() ? report.plugin : report.plugin + " " + report.version;
    screen.line(fmt::format("{} {}", screen.paint(Tone::strong, about), summary(report)));
    Table table;
    for (const Json& row : report.requests)
        table.add({{text_of(row, "state"), tone_of(text_of(row, "state"))}, {text_of(row, "request")}, {remark(row)}});
    table.print(screen, "  ");
    if (report.count("waiting") > 1)
        screen.line(shown(fmt::format("All that is waiting: tenon grant {} --all-of {} --store {}", report.plugin,
                                      manifest::shell_word(report.file), manifest::shell_word(report.store))));
}

void print_permissions_json(const PermissionsReport& report) {
    print_json({{"plugin", text_or_null(report.plugin)},
                {"version", text_or_null(report.version)},
                {"file", text_or_null(report.file)},
                {"store", text_or_null(report.store)},
                {"requests", report.requests},
                {"problems", to_json(report.problems)},
                {"exit_code", report.exit_code}});
}

}  // namespace tenon::cli
