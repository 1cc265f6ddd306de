// Tables in Markdown.
#pragma once

#include <string>
#include <vector>

namespace bench {

// "3.14"
std::string fixed(double value, int digits);

std::string row(const std::vector<std::string>& cells);
// The first row with the line below it.
std::string head(const std::vector<std::string>& cells);

// Writes the table to the file that BENCH_TABLE names, if it is set.
void keep(const std::string& table);

// The machine in one line: processor, cores, kernel.
std::string machine();

}  // namespace bench
