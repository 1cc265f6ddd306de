#include "plugins/text/html.h"

#include <algorithm>
#include <array>
#include <utility>

namespace text {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 5> entities{
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_name(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}
bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

std::string_view after_space(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return text;
}
// Cuts the first `size` bytes off.
std::string_view take(std::string_view& text, std::size_t size) {
    const std::string_view taken = text.substr(0, size);
    text.remove_prefix(size);
    return taken;
}

// Behind the '>' that ends the tag, past quoted values; npos when there is none.
std::size_t end_of_tag(std::string_view html, std::size_t at) {
    while (at < html.size() && html[at] != '>') {
        if (html[at] == '"' || html[at] == '\'') at = html.find(html[at], at + 1);
        if (at == std::string_view::npos) return at;
        ++at;
    }
    return at < html.size() ? at + 1 : std::string_view::npos;
}

// Without comments.
void append_decoded(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (text.substr(at).starts_with("<!--")) {
            const std::size_t end = text.find("-->", at);
            at = end == std::string_view::npos ? text.size() : end + 3;
            continue;
        }
        bool decoded = false;
        for (const auto& [entity, character] : entities) {
            if (text[at] != '&' || !text.substr(at).starts_with(entity)) continue;
            out += character;
            at += entity.size();
            decoded = true;
            break;
        }
        if (!decoded) out += text[at++];
    }
}

}  // namespace

std::optional<Tag> next_tag(std::string_view html, std::size_t from) {
    for (std::size_t at = html.find('<', from); at != std::string_view::npos; at = html.find('<', at)) {
        if (html.substr(at).starts_with("<!--")) {
            at = html.find("-->", at + 4);
            if (at == std::string_view::npos) return std::nullopt;
            continue;
        }
        const bool closing = at + 1 < html.size() && html[at + 1] == '/';
        const std::size_t name = at + (closing ? 2 : 1);
        if (name >= html.size() || !is_letter(html[name])) {
            ++at;
            continue;
        }
        std::size_t behind = name;
        while (behind < html.size() && is_name(html[behind])) ++behind;
        const std::size_t end = end_of_tag(html, behind);
        if (end == std::string_view::npos) return std::nullopt;
        return Tag{html.substr(name, behind - name), html.substr(behind, end - 1 - behind), closing, at, end};
    }
    return std::nullopt;
}

std::string_view attribute(const Tag& tag, std::string_view name) {
    for (std::string_view rest = after_space(tag.attributes); !rest.empty(); rest = after_space(rest)) {
        const std::string_view found = take(rest, std::min(rest.find_first_of(" \t\n\r\f/="), rest.size()));
        rest = after_space(rest);
        if (!rest.starts_with('=')) {
            if (found.empty()) rest.remove_prefix(1);
            continue;
        }
        rest = after_space(rest.substr(1));
        const bool quoted = rest.starts_with('"') || rest.starts_with('\'');
        const std::size_t begin = quoted ? 1 : 0;
        const std::size_t end = quoted ? rest.find(rest.front(), 1) : rest.find_first_of(" \t\n\r\f");
        const std::string_view value = take(rest, std::min(end, rest.size())).substr(begin);
        if (quoted && !rest.empty()) rest.remove_prefix(1);
        if (found == name) return value;
    }
    return {};
}

std::string plain_text(std::string_view html) {
    std::string out;
    std::size_t at = 0;
    while (const std::optional<Tag> tag = next_tag(html, at)) {
        append_decoded(out, html.substr(at, tag->begin - at));
        at = tag->end;
    }
    append_decoded(out, html.substr(at));
    return out;
}

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        std::string_view written(&c, 1);
        for (const auto& [entity, character] : entities)
            if (c == character) written = entity;
        out += written;
    }
    return out;
}

}  // namespace text
