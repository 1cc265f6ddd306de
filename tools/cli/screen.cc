#include "tools/cli/screen.h"

#include <fmt/color.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "manifest/words.h"

namespace tenon::cli {
namespace {

bool is_set(const char* variable) {
    const char* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool terminal_has_colours() {
    const char* const kind = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

fmt::text_style style_of(Tone tone) {
    switch (tone) {
        case Tone::strong:
            return fmt::emphasis::bold;
        case Tone::good:
            return fmt::fg(fmt::terminal_color::green);
        case Tone::bad:
            return fmt::fg(fmt::terminal_color::red);
        case Tone::faint:
            return fmt::emphasis::faint;
        case Tone::plain:
            break;
    }
    return {};
}

}  // namespace

std::string shown(std::string_view text) {
    return manifest::printable(text, std::string_view::npos);
}

std::vector<std::string> shown_lines(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(shown(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    return lines;
}

std::string counted(std::uint64_t number, std::string_view thing) {
    return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

Screen::Screen(bool no_color) : colours_(!no_color && !is_set("NO_COLOR") && terminal_has_colours()) {}

std::string Screen::paint(Tone tone, std::string_view text) const {
    if (!colours_ || tone == Tone::plain) return shown(text);
    return fmt::format(style_of(tone), "{}", shown(text));
}

void Screen::line(std::string_view text) const {
    fmt::print("{}\n", text);
}

void Screen::lines(std::string_view indent, std::string_view text) const {
    for (const std::string& one : shown_lines(text)) line(fmt::format("{}{}", indent, one));
}

void print_remark(const Screen& screen, std::string_view indent, std::string_view text) {
    if (!text.empty()) screen.line(std::string(indent) + screen.paint(Tone::faint, text));
}

void print_problem(const Screen& screen, std::string_view indent, std::string_view id, std::string_view text,
                   std::string_view fix) {
    screen.line(fmt::format("{}{}", indent, screen.paint(Tone::bad, id)));
    const std::string deeper = fmt::format("{}  ", indent);
    screen.lines(deeper, text);
    if (!fix.empty()) screen.lines(deeper, fmt::format("Fix: {}", fix));
}

}  // namespace tenon::cli
