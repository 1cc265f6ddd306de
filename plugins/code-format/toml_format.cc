// toml++ tells whether a block is TOML, and afterwards whether the tidied text still says the same. It does not print
// the block itself: its printer sorts keys and drops comments.
#include "plugins/code-format/toml_format.h"

#include <stdexcept>

namespace code_format {
constexpr void require(bool condition) {
    if (!condition) throw std::logic_error("toml++ cannot read this text");
}
}  // namespace code_format

// toml++ asserts on some texts that are no TOML. The scan refuses those that are known; should there be more, an
// assertion is an exception here, in every kind of build, and neither the end of the process nor undefined behaviour.
#undef NDEBUG
#define TOML_ASSERT(condition) code_format::require(static_cast<bool>(condition))
#define TOML_EXCEPTIONS 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "plugins/code-format/toml_scan.h"

namespace code_format {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// One line that begins a statement; `whole`: the statement also ends on it.
std::string tidied(const TomlLine& line, bool whole) {
    if (line.equals == std::string_view::npos) return std::string(whole ? trimmed(line.text) : line.text);
    const std::string_view value = line.text.substr(line.equals + 1);
    const std::size_t first = value.find_first_not_of(" \t");
    const std::string_view rest = first == std::string_view::npos ? "" : value.substr(first);
    return std::string(trimmed(line.text.substr(0, line.equals))) + " = " + std::string(whole ? trimmed(rest) : rest);
}

std::string tidied(const std::vector<TomlLine>& lines) {
    std::string out;
    bool gap = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool whole = i + 1 == lines.size() || lines[i + 1].begins_statement;
        if (!lines[i].begins_statement) {
            out.append(lines[i].text).append("\n");
            continue;
        }
        const std::string line = tidied(lines[i], whole);
        const bool header = line.starts_with('[');
        if (!line.empty() && !out.empty() && (gap || header)) out += '\n';
        gap = line.empty();
        if (!line.empty()) out.append(line).append("\n");
    }
    return out;
}

// Whether a tidied text has the same values as the one that it came from.
bool says(std::string_view text, const toml::table& values) {
    try {
        return toml::parse(text) == values;
    } catch (const toml::parse_error&) {
        return false;
    }
}

}  // namespace

Formatted format_toml(std::string_view source) {
    const TomlScan scan = scan_toml(source);
    if (scan.fault) return {{}, scan.fault};
    try {
        const toml::table parsed = toml::parse(source);
        if (scan.comments) return {std::string(source), std::nullopt};
        std::string text = tidied(scan.lines);
        return {says(text, parsed) ? std::move(text) : std::string(source), std::nullopt};
    } catch (const toml::parse_error& e) {
        return {{}, Fault{e.source().begin.line, std::string(e.description())}};
    } catch (const std::logic_error& e) {
        return {{}, Fault{1, e.what()}};
    }
}

}  // namespace code_format
