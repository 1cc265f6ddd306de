#include "plugins/stats/reading.h"

#include "plugins/text/html.h"

namespace stats {
namespace {

constexpr std::uint64_t words_a_minute = 220;

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_word_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
}
// Tags that stand within a word; all others end one.
bool is_inline(std::string_view name) {
    return name == "em" || name == "strong" || name == "code" || name == "a";
}

// The page's text without its blocks of code, and with a space where a block ends.
std::string prose(std::string_view html) {
    std::string out;
    std::size_t at = 0;
    bool code = false;
    while (const std::optional<text::Tag> tag = text::next_tag(html, at)) {
        if (!code) out += html.substr(at, tag->begin - at);
        if (!is_inline(tag->name)) out += ' ';
        if (tag->name == "pre") code = !tag->closing;
        at = tag->end;
    }
    if (!code) out += html.substr(at);
    return text::plain_text(out);
}

}  // namespace

std::uint64_t count_words(std::string_view html) {
    std::uint64_t words = 0;
    bool counted = false;
    for (const char c : prose(html)) {
        if (is_space(c)) {
            counted = false;
        } else if (!counted && is_word_character(c)) {
            counted = true;
            ++words;
        }
    }
    return words;
}

std::string reading_time(std::uint64_t words) {
    const std::uint64_t minutes = (words + words_a_minute - 1) / words_a_minute;
    return std::to_string(minutes == 0 ? 1 : minutes) + " min";
}

}  // namespace stats
