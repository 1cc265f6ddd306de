// Columns that stand below each other.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/cli/screen.h"

namespace tenon::cli {

struct Cell {
    std::string text;  // foreign or not: it is made fit to be shown
    Tone tone = Tone::plain;
    bool right = false;  // to the right side of its column: numbers
};

using Row = std::vector<Cell>;

// A column is as wide as its widest cell, counted in characters; two spaces are between columns.
class Table {
public:
    void add(Row row) { rows_.push_back(std::move(row)); }
    // A row whose cells all have this tone.
    void add_head(const std::vector<std::string>& titles);
    // One line for each row, without a line's end.
    std::vector<std::string> lines(const Screen& screen) const;
    void print(const Screen& screen, std::string_view indent) const;

private:
    std::vector<Row> rows_;
};

}  // namespace tenon::cli
