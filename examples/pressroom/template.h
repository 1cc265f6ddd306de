// From pressed pages to the files of the site.
#pragma once

#include <string>
#include <vector>

#include "links.h"
#include "press.h"

namespace pressroom {

// Everything there is to know when the files are written; parallel vectors.
struct Book {
    const std::vector<Document>& documents;
    std::vector<Page>& pages;
};

// A complete HTML file. Inserted as they are: the page's HTML and the fact "toc"; all else is escaped.
std::string page_html(const Book& book, std::size_t index);

// The list of all pages, for a site whose documents have no index.md.
std::string index_html(const Book& book);

// The style sheet that every page carries, so that each file stands alone.
extern const char* const style_sheet;

}  // namespace pressroom
