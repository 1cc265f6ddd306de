// Writing HTML. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace pressroom {

// Text for an element or for an attribute in quotes.
std::string escape(std::string_view text);

// A link from one page of the site to another, both relative to its root: "guide/a.html", "b c.html" ->
// "../b%20c.html".
std::string link_between(std::string_view from, std::string_view to);

// "%20" and the like to bytes; what is no such sequence stays.
std::string percent_decoded(std::string_view url);

}  // namespace pressroom
