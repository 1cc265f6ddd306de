// Reading rendered HTML: tags and text. For the output of a renderer, not for documents from the wild: there is no
// error recovery, and what does not close is left alone. All functions are pure and linear in their input.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace text {

// One tag; the views point into the HTML.
struct Tag {
    std::string_view name;        // as written
    std::string_view attributes;  // what stands between the name and '>'
    bool closing = false;
    std::size_t begin = 0;  // of '<'
    std::size_t end = 0;    // behind '>'
};

// The first tag at or after `from`; comments are passed over.
std::optional<Tag> next_tag(std::string_view html, std::size_t from);

// The value of a tag's attribute, entities and all; empty when it is not there.
std::string_view attribute(const Tag& tag, std::string_view name);

// The text between the tags and comments, with the five entities of XML decoded.
std::string plain_text(std::string_view html);

// Text for an element or for an attribute in double quotes.
std::string escape(std::string_view text);

}  // namespace text
