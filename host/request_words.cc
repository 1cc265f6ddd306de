#include "host/request_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/permission_list.h"
#include "manifest/words.h"

namespace tenon::host {

namespace {

constexpr std::string_view needs_quotes = " \"\\";

// The word that begins behind the opening quote, which is taken away with all of it.
std::optional<std::string> quoted_word(std::string_view& text) {
    std::string word;
    for (text.remove_prefix(1); !text.empty() && text.front() != '"'; text.remove_prefix(1)) {
        if (text.front() == '\\') {
            text.remove_prefix(1);
            if (text.empty() || (text.front() != '"' && text.front() != '\\')) return std::nullopt;
        }
        word += text.front();
    }
    if (text.empty()) return std::nullopt;
    text.remove_prefix(1);
    return word;
}

std::optional<std::string> next_word(std::string_view& text) {
    if (text.starts_with('"')) return quoted_word(text);
    const std::string_view word = text.substr(0, std::min(text.find(' '), text.size()));
    if (word.empty() || word.find_first_of(needs_quotes) != word.npos) return std::nullopt;
    text.remove_prefix(word.size());
    return std::string(word);
}

std::string command(std::string_view name, std::string_view plugin, std::string_view request, std::string_view store) {
    return fmt::format("tenon {} {} {} --store {}", name, manifest::shell_word(plugin), manifest::shell_word(request),
                       store.empty() ? "FILE" : manifest::shell_word(store));
}

}  // namespace

std::string request_word(std::string_view word) {
    if (!word.empty() && word.find_first_of(needs_quotes) == word.npos) return std::string(word);
    std::string quoted = "\"";
    for (const char c : word) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted += '"';
}

std::optional<std::vector<std::string>> words_of_request(std::string_view text) {
    std::vector<std::string> words;
    for (;;) {
        std::optional<std::string> word = next_word(text);
        if (!word) return std::nullopt;
        words.push_back(std::move(*word));
        if (text.empty()) return words;
        if (text.front() != ' ') return std::nullopt;
        text.remove_prefix(1);
    }
}

std::string command_to_grant(std::string_view plugin, std::string_view request, std::string_view store) {
    return command("grant", plugin, request, store);
}

std::string command_to_revoke(std::string_view plugin, std::string_view request, std::string_view store) {
    return command("revoke", plugin, request, store);
}

}  // namespace tenon::host
