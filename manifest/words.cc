#include "manifest/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "manifest/utf8.h"

namespace tenon::manifest {
namespace {

// Longer words are not compared: names in manifests have at most 63 bytes.
constexpr std::size_t longest_word = 64;

// What means nothing to a POSIX shell, wherever it stands.
constexpr std::string_view shell_plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,@%+=";

bool is_plain(std::string_view text, std::size_t size) {
    if (size == 1) return text[0] >= ' ' && text[0] != '\x7f';
    // U+0080 to U+009F are control characters, too.
    return size > 1 && !(text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xA0);
}

// The optimal string alignment distance, or `limit` + 1 as soon as it must be larger than `limit`.
std::size_t distance(std::string_view left, std::string_view right, std::size_t limit) {
    using Row = std::array<std::size_t, longest_word + 1>;
    Row before{}, last{}, now{};
    for (std::size_t j = 0; j <= right.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        now[0] = i;
        std::size_t smallest = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t cost = left[i - 1] == right[j - 1] ? 0 : 1;
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + cost});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                now[j] = std::min(now[j], before[j - 2] + 1);
            smallest = std::min(smallest, now[j]);
        }
        // A transposition reaches back two rows, so the last row alone does not bound the result: it may save one.
        if (smallest > limit + 1) return limit + 1;
        before = last;
        last = now;
    }
    return std::min(last[right.size()], limit + 1);
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::string_view rest = text.substr(at);
        const std::size_t size = std::max<std::size_t>(utf8_size(rest), 1);
        if (at + size > limit) break;
        if (is_plain(rest, utf8_size(rest)))
            out += rest.substr(0, size);
        else
            for (std::size_t i = 0; i < size; ++i) out += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(rest[i]));
        at += size;
    }
    return at < text.size() ? out + "..." : out;
}

std::string in_quotes(std::string_view text, std::size_t limit) {
    return fmt::format("\"{}\"", printable(text, limit));
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> names) {
    std::size_t limit = std::min<std::size_t>(3, word.size() / 3);
    std::string_view best;
    if (word.size() > longest_word) return best;
    for (const std::string_view name : names) {
        const std::size_t apart = std::max(name.size(), word.size()) - std::min(name.size(), word.size());
        if (limit == 0 || name.size() > longest_word || apart > limit) continue;
        if (const std::size_t found = distance(word, name, limit); found <= limit) {
            best = name;
            limit = found - 1;  // from here on, only nearer ones
            if (found == 0) break;
        }
    }
    return best;
}

std::string shell_word(std::string_view text) {
    if (!text.empty() && text.find_first_not_of(shell_plain) == text.npos) return std::string(text);
    std::string quoted = "'";
    for (const char c : text)
        if (c == '\'')
            quoted += "'\\''";
        else
            quoted += c;
    return quoted += '\'';
}

}  // namespace tenon::manifest
