#include "plugins/table-of-contents/outline.h"

#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "plugins/text/html.h"

namespace table_of_contents {
namespace {

bool is_heading(std::string_view name) {
    return name == "h1" || name == "h2" || name == "h3";
}

// Gives out ids that no other element of the page has.
class Ids {
public:
    explicit Ids(std::string_view html) {
        for (std::optional<text::Tag> tag = text::next_tag(html, 0); tag; tag = text::next_tag(html, tag->end))
            if (const std::string_view id = text::attribute(*tag, "id"); !id.empty()) taken_.emplace(id);
    }

    std::string unique(const std::string& wanted) {
        std::string id = wanted;
        while (!taken_.insert(id).second)
            id = wanted + "-" + std::to_string(++copies_.try_emplace(wanted, 1).first->second);
        return id;
    }

private:
    std::unordered_set<std::string> taken_;
    std::unordered_map<std::string, int> copies_;
};

// The closing tag of a heading, or nothing when another heading begins before it.
std::optional<text::Tag> closing_tag(std::string_view html, const text::Tag& open) {
    for (std::optional<text::Tag> tag = text::next_tag(html, open.end); tag; tag = text::next_tag(html, tag->end)) {
        if (!is_heading(tag->name)) continue;
        return tag->closing && tag->name == open.name ? tag : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

std::string slug(std::string_view title) {
    std::string out;
    bool gap = false;
    for (const char c : title) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        const bool capital = c >= 'A' && c <= 'Z';
        if (letter || capital) {
            if (gap && !out.empty()) out += '-';
            gap = false;
            out += capital ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (c != '\'') {
            gap = true;
        }
    }
    return out.empty() ? "section" : out;
}

Outlined outline(std::string_view html) {
    Outlined out;
    Ids ids(html);
    std::size_t copied = 0;
    for (std::optional<text::Tag> tag = text::next_tag(html, 0); tag; tag = text::next_tag(html, tag->end)) {
        if (tag->closing || !is_heading(tag->name)) continue;
        const std::optional<text::Tag> close = closing_tag(html, *tag);
        if (!close) continue;
        const std::string title = text::plain_text(html.substr(tag->end, close->begin - tag->end));
        std::string id = text::plain_text(text::attribute(*tag, "id"));
        if (id.empty()) {
            id = ids.unique(slug(title));
            const std::size_t behind_name = tag->begin + 1 + tag->name.size();
            out.html.append(html, copied, behind_name - copied).append(" id=\"" + text::escape(id) + "\"");
            copied = behind_name;
            out.changed = true;
        }
        out.headings.push_back({static_cast<std::uint32_t>(tag->name[1] - '0'), title, std::move(id)});
        tag = close;
    }
    out.html.append(html, copied);
    return out;
}

std::string nested_list(const std::vector<Heading>& headings) {
    std::size_t titles = 0;
    for (const Heading& heading : headings) titles += heading.level == 1 ? 1u : 0u;
    std::string out;
    std::vector<std::uint32_t> open;
    for (const Heading& heading : headings) {
        if (heading.level == 1 && titles == 1) continue;
        for (; !open.empty() && open.back() > heading.level; open.pop_back()) out += "</li></ul>";
        if (!open.empty() && open.back() == heading.level) {
            out += "</li>";
        } else {
            out += "<ul>";
            open.push_back(heading.level);
        }
        out += "<li><a href=\"#" + text::escape(heading.id) + "\">" + text::escape(heading.title) + "</a>";
    }
    for (; !open.empty(); open.pop_back()) out += "</li></ul>";
    return out;
}

}  // namespace table_of_contents
