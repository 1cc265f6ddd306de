#include "tools/cli/audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/manifest.h"
#include "manifest/words.h"
#include "tools/cli/answer.h"
#include "tools/cli/exit_code.h"
#include "tools/cli/table.h"

namespace tenon::cli {
namespace {

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

void print_rows(const Screen& screen, const Json& rows) {
    if (rows.empty()) return screen.line("no rows");
    Table table;
    table.add_head({"row", "time", "who", "plugin", "what", "detail"});
    for (const Json& row : rows)
        table.add({{row.at("number").dump(), Tone::faint, true},
                   {whole_seconds(text_of(row, "time")), Tone::faint},
                   {text_of(row, "who")},
                   {text_of(row, "plugin"), Tone::strong},
                   {text_of(row, "what"), text_of(row, "what") == "denied" ? Tone::bad : Tone::plain},
                   {text_of(row, "detail")}});
    table.print(screen, "");
}

int list_rows(const AuditOptions& options) {
    const base::Result<Json> answer = ask([&](tenon_write_fn write, void* data, tenon_error* error) {
        return tenon_audit(tenon::str(options.store), tenon::str(options.plugin), options.last, write, data, error);
    });
    const Json rows = answer ? answer.value().at("rows") : Json::array();
    if (options.json) return end_json({{"rows", rows}}, answer ? base::Problems() : base::Problems{answer.problem()});
    const Screen screen(options.no_color);
    if (!answer) return end_text(screen, answer.problem());
    print_rows(screen, rows);
    return exit_fine;
}

int verify(const AuditOptions& options) {
    const base::Result<Json> answer = ask([&](tenon_write_fn write, void* data, tenon_error* error) {
        return tenon_audit_verify(tenon::str(options.store), tenon::str(options.known), write, data, error);
    });
    if (options.json)
        return end_json({{"whole", answer.ok()}, {"mark", answer ? answer.value().at("mark") : Json(nullptr)}},
                        answer ? base::Problems() : base::Problems{answer.problem()});
    const Screen screen(options.no_color);
    if (!answer) return end_text(screen, answer.problem());
    screen.line(fmt::format("{}: {} rows, the last is {}", screen.paint(Tone::good, "as it was written"),
                            answer.value().at("rows").dump(), answer.value().at("mark").get<std::string>()));
    return exit_fine;
}

}  // namespace

std::string fault_of_known(const std::string& value) {
    const auto is_made_of = [](std::string_view text, std::string_view digits) {
        return text.find_first_not_of(digits) == text.npos;
    };
    const std::size_t colon = value.find(':');
    const std::string_view number = std::string_view(value).substr(0, colon);
    const std::string_view hash = std::string_view(value).substr(std::min(colon, value.size() - 1) + 1);
    const bool is_mark = colon != value.npos && colon > 0 && colon <= 18 && hash.size() == 64 &&
                         is_made_of(number, "0123456789") && is_made_of(hash, "0123456789abcdef");
    return is_mark ? std::string() : "wanted NUMBER:HASH, as verify prints it";
}

std::string fault_of_plugin(const std::string& value) {
    if (manifest::is_id(value)) return {};
    return fmt::format("{} is not an id; wanted one such as org.acme.spell", manifest::in_quotes(value));
}

int audit(const AuditOptions& options) {
    return options.action == "verify" ? verify(options) : list_rows(options);
}

}  // namespace tenon::cli
