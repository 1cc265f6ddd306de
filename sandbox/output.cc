#include "sandbox/output.h"

#include <fmt/format.h>

#include <algorithm>

namespace tenon::sandbox {

namespace {

bool continues(char byte) {
    return (static_cast<std::uint8_t>(byte) & 0xC0u) == 0x80u;
}

// The size of the first character and the character; size 0 if this is no UTF-8.
struct Character {
    std::size_t size = 0;
    std::uint32_t code = 0;
};

Character first_character(std::string_view text) {
    const auto lead = static_cast<std::uint8_t>(text.front());
    if (lead < 0x80) return {1, lead};
    if (lead < 0xC2 || lead > 0xF4) return {};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (text.size() < size) return {};
    std::uint32_t code = lead & (0xFFu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if (!continues(text[i])) return {};
        code = code << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3Fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < smallest[size] || code > 0x10FFFF || surrogate ? Character{} : Character{size, code};
}

bool is_harmless(std::uint32_t code) {
    if (code == '\t') return true;
    if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return false;                              // control
    if (code == 0x200E || code == 0x200F || code == 0x061C) return false;                        // direction
    if ((code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069)) return false;  // line ends, direction
    return code != 0xFEFF;
}

// So much of the text, less the beginning of a character whose rest is beyond.
std::string_view cut(std::string_view text, std::size_t size) {
    if (text.size() <= size) return text;
    for (std::size_t back = 0; back < 4 && back < size; ++back)
        if (!continues(text[size - back])) return text.substr(0, size - back);
    return text.substr(0, size);
}

// As fmt has it, many times faster: hostile workers write nothing else.
void add_hexadecimal(std::uint8_t byte, std::string& out) {
    constexpr char digits[] = "0123456789abcdef";
    const char text[] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    out.append(text, sizeof text);
}

}  // namespace

bool Allowance::use(std::uint64_t amount, std::uint64_t now) noexcept {
    if (!begun_ || now >= until()) {
        begun_ = true;
        begin_ = now;
        used_ = 0;
    }
    const bool room = used_ < most_;
    used_ += std::min(amount, UINT64_MAX - used_);
    return room;
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character character = first_character(text);
        const std::size_t size = std::max<std::size_t>(character.size, 1);
        if (character.size != 0 && is_harmless(character.code))
            out += text.substr(0, size);
        else
            for (const char byte : text.substr(0, size)) add_hexadecimal(static_cast<std::uint8_t>(byte), out);
        text.remove_prefix(size);
    }
    return out;
}

std::string escaped_lines(std::string_view text) {
    std::string out;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1))
        out += escaped(text.substr(0, end)) + '\n';
    return out + escaped(text);
}

std::vector<std::string> Output::add(std::string_view bytes, std::uint64_t now) {
    std::vector<std::string> lines = tick(now);
    const std::string_view end = bytes.substr(bytes.size() - std::min(bytes.size(), kept));
    forgotten_ = forgotten_ || end.size() < bytes.size();
    last_ += end;
    if (last_.size() > 2 * kept) {
        last_.erase(0, last_.size() - kept);
        forgotten_ = true;
    }
    while (!bytes.empty()) {
        const std::size_t at = bytes.find('\n');
        take(bytes.substr(0, at));
        if (at == std::string_view::npos) break;
        finish_line(now, lines);
        bytes.remove_prefix(at + 1);
    }
    return lines;
}

std::vector<std::string> Output::tick(std::uint64_t now) {
    std::vector<std::string> lines;
    if (now >= due()) say_dropped(lines);
    return lines;
}

std::vector<std::string> Output::end(std::uint64_t now) {
    std::vector<std::string> lines = tick(now);
    if (!line_.empty() || cut_ != 0) finish_line(now, lines);
    say_dropped(lines);
    return lines;
}

// One byte more than is shown is kept, so that cut() sees whether a character ends there; and a '\r' is not missed.
void Output::take(std::string_view piece) {
    const std::size_t room = longest_line + 1 - line_.size();
    line_ += piece.substr(0, room);
    cut_ += piece.size() - std::min(piece.size(), room);
}

void Output::finish_line(std::uint64_t now, std::vector<std::string>& lines) {
    if (lines_.use(1, now)) {
        if (cut_ == 0 && line_.ends_with('\r')) line_.pop_back();
        const std::string_view shown = cut(line_, longest_line);
        const std::uint64_t more = line_.size() - shown.size() + cut_;
        lines.push_back(more == 0 ? escaped(shown) : fmt::format("{}... ({} bytes more)", escaped(shown), more));
    } else {
        ++dropped_;
    }
    line_.clear();
    cut_ = 0;
}

void Output::say_dropped(std::vector<std::string>& lines) {
    if (dropped_ == 1) lines.emplace_back("1 line more was dropped");
    if (dropped_ > 1) lines.push_back(fmt::format("{} lines more were dropped", dropped_));
    dropped_ = 0;
}

// From the beginning of a line on, if one begins there.
std::string Output::last_words() const {
    std::string_view text = last_;
    text.remove_prefix(text.size() - std::min(text.size(), kept));
    std::string out;
    if (forgotten_ || text.size() < last_.size()) {
        const std::size_t at = text.find('\n');
        const bool line_follows = at != std::string_view::npos && at + 1 < text.size();
        if (line_follows) text.remove_prefix(at + 1);
        out = line_follows ? "...\n" : "...";
    }
    while (!text.empty()) {
        const std::size_t at = std::min(text.find('\n'), text.size());
        out += escaped(text.substr(0, at));
        if (at + 1 < text.size()) out += '\n';
        text.remove_prefix(std::min(at + 1, text.size()));
    }
    return out;
}

}  // namespace tenon::sandbox
