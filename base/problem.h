// A refusal: stable id, evidence, fix. Everything in Tenon that says no says it with one of these.
#pragma once

#include <tenon/status.h>

#include <string>
#include <vector>

namespace tenon::base {

// A plain value, no thread rules. `id` is listed in docs/reasons.md; `text` carries the evidence (file, line and
// column, symbol, version found and wanted); `fix` says what to do and may be empty.
struct Problem {
    std::string id;
    std::string text;
    std::string fix;
};

using Problems = std::vector<Problem>;

// Texts of all problems, one a line, for people.
std::string to_text(const Problems& problems);

// Copies into the inline arrays of the C error, cut at their ends on a UTF-8 boundary. Does nothing if `out` is null.
// Writes only the fields that out->struct_size covers.
void to_error(const Problem& problem, int32_t code, tenon_error* out);

// Copies text into a C array, cut on a UTF-8 boundary and NUL-terminated.
void copy_text(char* array, std::size_t size, std::string_view text);

}  // namespace tenon::base
