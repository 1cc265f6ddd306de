// Pretty-printing JSON without changing what it says. Thread-safe, pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace code_format {

// Why a block of code is not as it should be; `line` counts from 1 within the block.
struct Fault {
    std::uint64_t line;
    std::string text;
};

// Either the formatted text, which ends with a line break, or the fault.
struct Formatted {
    std::string text;
    std::optional<Fault> fault;
};

// Two spaces a level; arrays of plain values stay on one line where they fit into 80 columns. Keys keep their order
// (also those that come twice), and numbers with a fraction or beyond 64 bits their digits.
Formatted format_json(std::string_view json);

}  // namespace code_format
