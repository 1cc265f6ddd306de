#include "links.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "html.h"

namespace pressroom {
namespace {

constexpr std::string_view attribute = "href=\"";

bool has_scheme(std::string_view link) {
    const std::size_t end = link.find_first_of(":/?#");
    return end != std::string_view::npos && link[end] == ':';
}

// The path of the document that a link means, relative to the site's root; nothing when it means something else.
std::optional<std::string> document_of(std::string_view link, std::string_view path) {
    const std::string file = percent_decoded(link.substr(0, link.find_first_of("?#")));
    if (has_scheme(link) || file.starts_with('/') || !file.ends_with(".md")) return std::nullopt;
    return (std::filesystem::path(path).parent_path() / file).lexically_normal().generic_string();
}

// An address as it was before the renderer wrote it into an attribute.
std::string unescaped(std::string_view text) {
    std::string out(text);
    for (std::size_t at = 0; (at = out.find('&', at)) != std::string::npos; ++at) {
        if (out.compare(at, 5, "&amp;") == 0) out.erase(at + 1, 4);
        if (out.compare(at, 6, "&#x27;") == 0) out.replace(at, 6, "'");
    }
    return out;
}

class Relinker {
public:
    Relinker(std::string_view path, const Targets& targets) : path_(path), targets_(targets) {}

    // `tag` is from '<' to '>'.
    void add_tag(std::string_view tag) {
        const std::size_t begin = tag.find(attribute);
        const bool is_attribute = begin != std::string_view::npos && tag[begin - 1] == ' ';
        const std::size_t value = is_attribute ? begin + attribute.size() : std::string_view::npos;
        const std::size_t end = is_attribute ? tag.find('"', value) : std::string_view::npos;
        if (end == std::string_view::npos) {
            out_.html += tag;
            return;
        }
        out_.html.append(tag.substr(0, value)).append(target(tag.substr(value, end - value))).append(tag.substr(end));
    }
    void add_text(std::string_view text) { out_.html += text; }
    Relinked take() { return std::move(out_); }

private:
    std::string target(std::string_view escaped) {
        const std::string link = unescaped(escaped);
        const std::optional<std::string> document = document_of(link, path_);
        if (!document) return std::string(escaped);
        const auto found = targets_.find(*document);
        if (found == targets_.end()) {
            out_.broken.push_back(link);
            return std::string(escaped);
        }
        const std::size_t rest = std::min(link.find_first_of("?#"), link.size());
        return link_between(path_, found->second) + escape(link.substr(rest));
    }

    std::string_view path_;
    const Targets& targets_;
    Relinked out_;
};

}  // namespace

Relinked relink(std::string_view html, std::string_view path, const Targets& targets) {
    Relinker relinker(path, targets);
    std::size_t at = 0;
    for (std::size_t open; (open = html.find('<', at)) != std::string_view::npos;) {
        const std::size_t close = html.find('>', open);
        if (close == std::string_view::npos) break;
        relinker.add_text(html.substr(at, open - at));
        relinker.add_tag(html.substr(open, close + 1 - open));
        at = close + 1;
    }
    relinker.add_text(html.substr(at));
    return relinker.take();
}

}  // namespace pressroom
