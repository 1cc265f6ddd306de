// The documents that become a site, and the files that it is made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pressroom {

// A Markdown document. `path` is relative to its source folder and unique in the site; `target` is the page's file in
// the output folder ("guide/start.md" -> "guide/start.html").
struct Document {
    std::string file;
    std::string path;
    std::string target;
    std::string title;
    std::string text;
};

// A document that cannot be part of the site.
struct Rejected {
    std::string path;
    std::string why;
};

struct Site {
    std::vector<Document> documents;  // by folder, the root's own first; in a folder by path
    std::vector<Rejected> rejected;
};

// Finds and reads all *.md files. Hidden files and folders, and links to folders, are passed over. With more than one
// folder, each folder's name is the first part of the paths below it.
Site discover(const std::vector<std::string>& sources);

// The text of the first heading of level 1, without its emphasis; else the name of the file.
std::string title_of(std::string_view text, std::string_view path);

// Offset of the first byte that is not UTF-8, or npos.
std::size_t first_invalid_utf8(std::string_view text);

// Writes a file of the site, with its folders. Throws std::runtime_error with the path and the reason.
void write_file(const std::string& folder, const std::string& target, std::string_view bytes);

}  // namespace pressroom
