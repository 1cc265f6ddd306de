#include "tools/cli/table.h"

#include <algorithm>

namespace tenon::cli {
namespace {

// Characters, near enough: code points.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

std::vector<std::size_t> widths_of(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(shown(row[i].text)));
    }
    return widths;
}

// Padded outside the colour: a terminal's codes have no width.
std::string padded(const Screen& screen, const Cell& cell, std::size_t width, bool last) {
    const std::string space(width - width_of(shown(cell.text)), ' ');
    const std::string text = screen.paint(cell.tone, cell.text);
    if (cell.right) return space + text;
    return last ? text : text + space;
}

}  // namespace

void Table::add_head(const std::vector<std::string>& titles) {
    Row row;
    for (const std::string& title : titles) row.push_back({title, Tone::faint});
    add(std::move(row));
}

std::vector<std::string> Table::lines(const Screen& screen) const {
    const std::vector<std::size_t> widths = widths_of(rows_);
    std::vector<std::string> lines;
    for (const Row& row : rows_) {
        std::string& line = lines.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) line += "  ";
            line += padded(screen, row[i], widths[i], i + 1 == row.size());
        }
    }
    return lines;
}

void Table::print(const Screen& screen, std::string_view indent) const {
    for (const std::string& line : lines(screen)) screen.line(std::string(indent) + line);
}

}  // namespace tenon::cli
