// Text for people: foreign bytes made harmless, and colours where they are seen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::cli {

enum class Tone { plain, strong, good, bad, faint };

// The text as a terminal may have it: control characters and bytes that are not UTF-8 are written as \xNN.
std::string shown(std::string_view text);
// The same, line by line.
std::vector<std::string> shown_lines(std::string_view text);
// "1 reload", "2 reloads"
std::string counted(std::uint64_t number, std::string_view thing);

// Prints to standard output. Colours are used if that is a terminal, and neither `no_color` nor the environment
// variable NO_COLOR, nor TERM=dumb, forbids it. Used by one thread.
class Screen {
public:
    explicit Screen(bool no_color);

    // shown(text) in a tone.
    std::string paint(Tone tone, std::string_view text) const;
    // Prints what is already fit to be shown, and a line's end.
    void line(std::string_view text = {}) const;
    // Prints foreign text of one line or several, each indented.
    void lines(std::string_view indent, std::string_view text) const;

private:
    bool colours_;
};

// Prints foreign text as a line, indented; nothing if it is empty.
void print_remark(const Screen& screen, std::string_view indent, std::string_view text);

// Prints a problem: the id, the text and, where there is one, the fix.
void print_problem(const Screen& screen, std::string_view indent, std::string_view id, std::string_view text,
                   std::string_view fix);

}  // namespace tenon::cli
