// A plan as a graph, https://graphviz.org/doc/info/lang.html: an arrow leads from a plugin to what it starts after.
#include <fmt/format.h>

#include "tools/cli/survey.h"

namespace tenon::cli {
namespace {

// A quoted id of the language: quotation marks and backslashes are escaped.
std::string dot_id(std::string_view text) {
    std::string out = "\"";
    for (const char c : shown(text)) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

// Two refused files may have one id: their paths tell them apart.
std::string node(const ReportRow& row) {
    return dot_id(row.state == TENON_STATE_RESOLVED ? row.id : row.path);
}

std::string style(const ReportRow& row) {
    const std::string label = dot_id(row.title() + " " + row.version);
    if (row.state == TENON_STATE_RESOLVED) return fmt::format("label={}", label);
    return fmt::format("label={}, style=dashed, color=red, tooltip={}", label, dot_id(row.refusal.id));
}

}  // namespace

void print_dot(const Survey& survey) {
    fmt::print("digraph plan {{\n  rankdir=RL;\n  node [shape=box];\n");
    for (const ReportRow& row : survey.plugins) fmt::print("  {} [{}];\n", node(row), style(row));
    for (const ReportRow& row : survey.plugins)
        for (const StartsAfter& link : row.after)
            fmt::print("  {} -> {} [label={}{}];\n", node(row), dot_id(link.plugin), dot_id(link.what),
                       link.required ? "" : ", style=dashed");
    fmt::print("}}\n");
}

}  // namespace tenon::cli
