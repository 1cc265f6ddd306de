#include "plugins/spell-check/settings.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace spell_check {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

// A whole number of at most `digits` digits, and nothing else.
std::optional<std::uint64_t> number(std::string_view text, std::size_t digits) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.size() > digits || error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

// "20 ms", in its quotes.
std::optional<std::uint64_t> milliseconds(std::string_view text) {
    constexpr std::string_view unit = " ms\"";
    if (!text.starts_with('"') || !text.ends_with(unit) || text.size() <= unit.size()) return {};
    return number(text.substr(1, text.size() - 1 - unit.size()), 4);
}

// False for a line that says nothing known.
bool read_line(std::string_view line, Settings& settings) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return line.empty();
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    const std::optional<std::uint64_t> found = key == "delay" ? milliseconds(value) : number(value, 9);
    if (!found || (key != "delay" && key != "delayed_pages")) return false;
    if (key == "delay")
        settings.delay = std::chrono::milliseconds(*found);
    else
        settings.delayed_pages = *found;
    return true;
}

}  // namespace

Settings parse_settings(std::string_view text, const std::string& name) {
    Settings settings;
    std::size_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view whole = text.substr(at, end - at);
        at = end + 1;
        if (!read_line(trimmed(whole.substr(0, whole.find('#'))), settings))
            throw std::runtime_error(name + ":" + std::to_string(line) +
                                     ": wanted delay = \"20 ms\" (at most 9999 ms) or delayed_pages = 6");
    }
    return settings;
}

Settings read_settings(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    if (file.is_open() && file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
    return parse_settings(text.str(), path);
}

}  // namespace spell_check
