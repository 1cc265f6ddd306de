// Links between the documents of a site.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pressroom {

// The targets of all documents by their paths: "guide/start.md" -> "guide/start.html".
using Targets = std::map<std::string, std::string, std::less<>>;

struct Relinked {
    std::string html;
    std::vector<std::string> broken;  // links to documents that the site does not have, as written
};

// Points the relative links of a page (at `path`, a document's) that go to .md files to the pages made of them; what
// follows '#' or '?' stays. Links with a scheme or from the root, and links to documents that are not in the site, are
// left alone. Only href attributes inside tags are looked at.
Relinked relink(std::string_view html, std::string_view path, const Targets& targets);

}  // namespace pressroom
