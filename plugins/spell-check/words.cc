#include "plugins/spell-check/words.h"

#include <algorithm>

#include "plugins/text/cmark_tree.h"

namespace spell_check {
namespace {

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

// Typographic characters to ASCII: U+2019 is an apostrophe; the other marks of General Punctuation (dashes, quotes,
// ellipsis), U+00A0 to U+00BF (no-break space, guillemets, signs), arrows and mathematical signs separate words.
std::string plain(std::string_view prose) {
    std::string out;
    for (std::size_t at = 0; at < prose.size();) {
        const std::string_view rest = prose.substr(at);
        if (rest.starts_with("\xe2\x80\x99")) {
            out += '\'';
            at += 3;
        } else if (rest.size() >= 3 && rest[0] == '\xe2') {
            out += ' ';
            at += 3;
        } else if (rest.size() >= 2 && rest[0] == '\xc2') {
            out += ' ';
            at += 2;
        } else {
            out += rest[0];
            ++at;
        }
    }
    return out;
}

bool is_word_character(char c) {
    return is_lower(c) || is_upper(c) || c == '\'' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view trimmed(std::string_view text, bool (*stays)(char)) {
    while (!text.empty() && !stays(text.front())) text.remove_prefix(1);
    while (!text.empty() && !stays(text.back())) text.remove_suffix(1);
    return text;
}

bool is_part_of_name(char c) {
    return is_word_character(c) || (c >= '0' && c <= '9') || c == '_';
}

void add_words(std::string_view chunk, std::vector<std::string>& words) {
    // Punctuation around goes; inside, anything but a hyphen makes it a name, a path or a formula.
    chunk = trimmed(chunk, is_part_of_name);
    if (!std::all_of(chunk.begin(), chunk.end(), [](char c) { return is_word_character(c) || c == '-'; })) return;
    while (!chunk.empty()) {
        const std::size_t hyphen = std::min(chunk.find('-'), chunk.size());
        std::string_view word = trimmed(chunk.substr(0, hyphen), [](char c) { return c != '\''; });
        chunk.remove_prefix(std::min(hyphen + 1, chunk.size()));
        if (word.ends_with("'s")) word.remove_suffix(2);
        if (word.size() < 3 || std::any_of(word.begin() + 1, word.end(), is_upper)) continue;
        words.emplace_back(word);
    }
}

}  // namespace

std::vector<std::string> split_words(std::string_view prose) {
    std::vector<std::string> words;
    const std::string text = plain(prose);
    // Besides space, marks that stand between words without space.
    constexpr std::string_view separators = " \t\r\n,;!?\"()[]|";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
        add_words(std::string_view(text).substr(at, end - at), words);
        at = end + 1;
    }
    return words;
}

std::vector<Word> words_of(std::string_view markdown) {
    std::vector<Word> words;
    const text::CmarkTree tree = text::parse_commonmark(markdown);
    cmark_consolidate_text_nodes(tree.get());
    int links = 0;
    int line = 1;
    text::walk(tree, [&](cmark_node* node, cmark_event_type event) {
        const cmark_node_type type = cmark_node_get_type(node);
        if (type == CMARK_NODE_LINK) links += event == CMARK_EVENT_ENTER ? 1 : -1;
        if (event == CMARK_EVENT_ENTER && cmark_node_get_start_line(node) > 0) line = cmark_node_get_start_line(node);
        if (links != 0 || type != CMARK_NODE_TEXT) return;
        for (std::string& word : split_words(text::literal(node)))
            words.push_back({std::move(word), static_cast<std::uint64_t>(line)});
    });
    return words;
}

std::vector<std::string> one_slip_from(std::string_view word) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    std::vector<std::string> out;
    if (!std::all_of(word.begin(), word.end(), [](char c) { return is_lower(c) || is_upper(c) || c == '\''; }))
        return out;
    const std::string text(word);
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        out.push_back(text);
        std::swap(out.back()[i], out.back()[i + 1]);
    }
    for (std::size_t i = 0; i <= text.size(); ++i)
        for (const char letter : letters) out.push_back(text.substr(0, i) + letter + text.substr(i));
    for (std::size_t i = 0; i < text.size(); ++i)
        for (const char letter : letters) out.push_back(text.substr(0, i) + letter + text.substr(i + 1));
    for (std::size_t i = 0; i < text.size(); ++i) out.push_back(text.substr(0, i) + text.substr(i + 1));
    return out;
}

}  // namespace spell_check
