// From the headings of a page to their ids and to a table of contents. Pure functions, linear in their input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace table_of_contents {

// A heading h1, h2 or h3; `title` is plain text.
struct Heading {
    std::uint32_t level;
    std::string title;
    std::string id;
};

// The HTML with an id on each heading, and the headings. Ids that are there stay; new ones are unique in the page.
struct Outlined {
    std::string html;
    std::vector<Heading> headings;
    bool changed = false;
};
Outlined outline(std::string_view html);

// "The C ABI: rules" -> "the-c-abi-rules". Letters beyond ASCII stay; never empty.
std::string slug(std::string_view title);

// Nested lists of links; empty when there is nothing to list. A single h1 is the page's title and is left out.
std::string nested_list(const std::vector<Heading>& headings);

}  // namespace table_of_contents
