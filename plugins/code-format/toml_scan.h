// A first look at TOML, before the parser: where statements begin, and what the parser must not be given. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/code-format/json_format.h"

namespace code_format {

// A line of TOML as it stands, without its line break.
struct TomlLine {
    std::string_view text;
    bool begins_statement = true;                 // not inside a string or bracket that an earlier line opened
    std::size_t equals = std::string_view::npos;  // of the first '=' outside strings and brackets
};

struct TomlScan {
    std::vector<TomlLine> lines;
    bool comments = false;
    // Brackets or dotted keys nested too deep, a table without a name or in more than two brackets, a quote inside a
    // value, a character outside ASCII that is not quoted: toml++ overflows its stack or asserts on these.
    std::optional<Fault> fault;
};

TomlScan scan_toml(std::string_view toml);

}  // namespace code_format
