#include "tools/cli/audit.h"

#include <fmt/format.h>

#include "host/audit.h"
#include "host/time_text.h"
#include "manifest/manifest.h"
#include "manifest/words.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/json.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

std::string mark_text(const host::AuditMark& mark) {
    return fmt::format("{}:{}", mark.number, mark.hash);
}

Json row_json(const host::AuditRow& row) {
    return {{"number", row.number},     {"time", host::time_of_day(row.entry.when)},
            {"who", row.entry.who},     {"plugin", row.entry.plugin},
            {"what", row.entry.what},   {"detail", row.entry.detail},
            {"previous", row.previous}, {"hash", row.hash}};
}

// The end of all answers for programs.
int end_json(Json out, const base::Problems& problems) {
    const int exit_code = problems.empty() ? exit_fine : exit_refused;
    out["problems"] = to_json(problems);
    out["exit_code"] = exit_code;
    print_json(out);
    return exit_code;
}

int end_text(const Screen& screen, const base::Problem& problem) {
    print_problem(screen, "", problem.id, problem.text, problem.fix);
    return exit_refused;
}

void print_rows(const Screen& screen, const std::vector<host::AuditRow>& rows) {
    if (rows.empty()) return screen.line("no rows");
    Table table;
    table.add_head({"row", "time", "who", "plugin", "what", "detail"});
    for (const host::AuditRow& row : rows)
        table.add({{fmt::format("{}", row.number), Tone::faint, true},
                   {host::time_of_day(row.entry.when, false), Tone::faint},
                   {row.entry.who},
                   {row.entry.plugin, Tone::strong},
                   {row.entry.what, row.entry.what == "denied" ? Tone::bad : Tone::plain},
                   {row.entry.detail}});
    table.print(screen, "");
}

base::Result<std::vector<host::AuditRow>> rows_of(const AuditOptions& options) {
    base::Result<host::Store> store = host::Store::open(options.store, {.create = false});
    if (!store) return store.problem();
    return host::Audit(store.value()).list({.plugin = options.plugin, .last = options.last});
}

base::Result<host::AuditMark> verdict(const AuditOptions& options) {
    base::Result<host::Store> store = host::Store::open(options.store, {.create = false});
    if (!store) return store.problem();
    return host::Audit(store.value()).verify(host::mark_in(options.known));
}

int list_rows(const AuditOptions& options) {
    const base::Result<std::vector<host::AuditRow>> rows = rows_of(options);
    if (options.json) {
        Json out = {{"rows", Json::array()}};
        if (!rows) return end_json(out, {rows.problem()});
        for (const host::AuditRow& row : rows.value()) out["rows"].push_back(row_json(row));
        return end_json(out, {});
    }
    const Screen screen(options.no_color);
    if (!rows) return end_text(screen, rows.problem());
    print_rows(screen, rows.value());
    return exit_fine;
}

int verify(const AuditOptions& options) {
    const base::Result<host::AuditMark> mark = verdict(options);
    if (options.json) {
        const Json last = mark ? Json(mark_text(mark.value())) : Json(nullptr);
        return end_json({{"whole", mark.ok()}, {"mark", last}},
                        mark ? base::Problems() : base::Problems{mark.problem()});
    }
    const Screen screen(options.no_color);
    if (!mark) return end_text(screen, mark.problem());
    screen.line(fmt::format("{}: {} rows, the last is {}", screen.paint(Tone::good, "as it was written"),
                            mark.value().number, mark_text(mark.value())));
    return exit_fine;
}

}  // namespace

std::string fault_of_known(const std::string& value) {
    return host::mark_in(value) ? std::string() : "wanted NUMBER:HASH, as verify prints it";
}

std::string fault_of_plugin(const std::string& value) {
    if (manifest::is_id(value)) return {};
    return fmt::format("{} is not an id; wanted one such as org.acme.spell", manifest::in_quotes(value));
}

int audit(const AuditOptions& options) {
    return options.action == "verify" ? verify(options) : list_rows(options);
}

}  // namespace tenon::cli
