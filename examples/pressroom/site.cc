#include "site.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace pressroom {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_document = 8 * 1024 * 1024;

struct Candidate {
    fs::path file;
    std::string path;
};

bool is_hidden(const fs::path& path) {
    return path.filename().native().starts_with('.');
}

// The documents of one folder; what cannot be entered is told.
void search(const fs::path& folder, const fs::path& prefix, std::vector<Candidate>& found, Site& site) {
    std::error_code error;
    fs::recursive_directory_iterator at(folder, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        std::error_code ignored;
        if (is_hidden(at->path())) {
            at.disable_recursion_pending();
        } else if (at->path().extension() == ".md" && at->is_regular_file(ignored)) {
            found.push_back({at->path(), (prefix / at->path().lexically_relative(folder)).generic_string()});
        }
    }
    if (error) site.rejected.push_back({folder.generic_string(), "cannot be searched: " + error.message()});
}

std::vector<Candidate> candidates(const std::vector<std::string>& sources, Site& site) {
    std::error_code error;
    const auto is_folder = [&](const std::string& source) { return fs::is_directory(source, error); };
    const bool many = sources.size() > 1;  // then links between them go through the folders' names
    std::vector<Candidate> found;
    for (const std::string& source : sources) {
        const fs::path path = fs::path(source).lexically_normal();
        if (is_folder(source)) {
            const fs::path name = (path.has_filename() ? path : path.parent_path()).filename();
            search(path, many && name != ".." && name != "." ? name : fs::path(), found, site);
        } else if (fs::is_regular_file(path, error)) {
            found.push_back({path, path.filename().generic_string()});
        } else {
            site.rejected.push_back({source, "there is no such file or folder"});
        }
    }
    const auto key = [](const Candidate& c) {
        return std::pair(fs::path(c.path).parent_path().generic_string(), c.path);
    };
    std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    return found;
}

// The text, or an exception that says why there is none.
std::string read(const fs::path& file) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (error) throw std::runtime_error("cannot be read: " + error.message());
    if (size > largest_document)
        throw std::runtime_error(fmt::format("has {} bytes; a document has at most {}", size, largest_document));
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (size != 0 && !(text << in.rdbuf()))
        throw std::runtime_error(fmt::format("cannot be read: {}", std::strerror(errno)));
    std::string out = std::move(text).str();
    if (out.starts_with("\xef\xbb\xbf")) out.erase(0, 3);
    if (const std::size_t at = first_invalid_utf8(out); at != std::string::npos)
        throw std::runtime_error(fmt::format("is not UTF-8: byte {:#04x} at offset {}; convert it (iconv -t UTF-8)",
                                             static_cast<unsigned char>(out[at]), at));
    return out;
}

}  // namespace

Site discover(const std::vector<std::string>& sources) {
    Site site;
    std::map<std::string, std::string> taken;
    for (const Candidate& candidate : candidates(sources, site)) {
        const std::string target = fs::path(candidate.path).replace_extension(".html").generic_string();
        if (first_invalid_utf8(candidate.path) != std::string::npos) {
            site.rejected.push_back({candidate.file.generic_string(), "its name is not UTF-8"});
        } else if (const auto [other, fresh] = taken.emplace(target, candidate.file.generic_string()); !fresh) {
            site.rejected.push_back(
                {candidate.file.generic_string(), "would be written to the same page as " + other->second});
        } else {
            try {
                std::string text = read(candidate.file);
                std::string title = title_of(text, candidate.path);
                site.documents.push_back(
                    {candidate.file.generic_string(), candidate.path, target, title, std::move(text)});
            } catch (const std::runtime_error& e) {
                site.rejected.push_back({candidate.file.generic_string(), e.what()});
            }
        }
    }
    return site;
}

std::string title_of(std::string_view text, std::string_view path) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        if (line.starts_with("```") || line.starts_with("~~~")) break;
        if (!line.starts_with("# ")) continue;
        std::string title;
        for (const char c : line.substr(2))
            if (c != '`' && c != '*') title += c;
        title.erase(title.find_last_not_of(" #\t") + 1);
        title.erase(0, title.find_first_not_of(' '));
        if (!title.empty()) return title;
    }
    return fs::path(path).stem().generic_string();
}

std::size_t first_invalid_utf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
    for (std::size_t at = 0; at < text.size();) {
        const unsigned c = byte(at);
        const std::size_t length = c < 0x80                ? 1
                                   : c >= 0xc2 && c < 0xe0 ? 2
                                   : c >= 0xe0 && c < 0xf0 ? 3
                                   : c >= 0xf0 && c < 0xf5 ? 4
                                                           : 0;
        if (length == 0) return at;
        for (std::size_t i = 1; i < length; ++i)
            if ((byte(at + i) & 0xc0) != 0x80) return at;
        const unsigned second = byte(at + 1);
        // Overlong forms, surrogates, and what lies beyond U+10FFFF.
        if ((c == 0xe0 && second < 0xa0) || (c == 0xed && second > 0x9f) || (c == 0xf0 && second < 0x90) ||
            (c == 0xf4 && second > 0x8f))
            return at;
        at += length;
    }
    return std::string_view::npos;
}

void write_file(const std::string& folder, const std::string& target, std::string_view bytes) {
    const fs::path path = fs::path(folder) / target;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) throw std::runtime_error(fmt::format("{}: {}", path.parent_path().generic_string(), error.message()));
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw std::runtime_error(fmt::format("{}: {}", path.generic_string(), std::strerror(errno)));
}

}  // namespace pressroom
