#include "manifest/path_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>

#include "manifest/glob_entry.h"
#include "manifest/text_check.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::array<std::string_view, 4> roots = {"$data", "$resources", "$home", "$temp"};

// What is wrong with the whole of it, whatever its parts are.
std::string text_fault(std::string_view text, std::string_view forbidden) {
    if (text.empty()) return "is empty";
    if (text.size() > max_path_size) return fmt::format("has {} bytes, {} are the most", text.size(), max_path_size);
    if (std::string control = control_fault(text); !control.empty()) return control;
    const std::size_t bad = text.find_first_of(forbidden);
    return bad == text.npos ? "" : fmt::format("has {} at byte {}", in_quotes(text.substr(bad, 1)), bad + 1);
}

template <class Fault>
std::string first_fault(std::string_view path, Fault fault) {
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (std::string found = fault(path.substr(begin, end - begin)); !found.empty()) return found;
        begin = end + 1;
    }
    return "";
}

std::string path_part_fault(std::string_view part) {
    if (part.empty()) return "has an empty part";
    if (part.back() == '.' || part.back() == ' ')
        return fmt::format("has the part {}, which ends in a dot or a space", in_quotes(part));
    return "";
}

std::string glob_part_fault(std::string_view part) {
    if (part.empty()) return "has an empty part";
    if (part == "." || part == "..") return fmt::format("has the part {}", in_quotes(part));
    if (part.find("**") != part.npos && part != "**") return "has \"**\" beside other characters";
    return "";
}

std::string path_fault(std::string_view path) {
    std::string fault = text_fault(path, "\\:");
    if (fault.empty() && path.front() == '/') fault = "begins with \"/\"";
    return fault.empty() ? first_fault(path, path_part_fault) : fault;
}

std::string glob_fault(std::string_view glob, bool write) {
    if (std::string fault = text_fault(glob, "\\[]{}"); !fault.empty()) return fault;
    const std::string_view root = glob.substr(0, std::min(glob.find('/'), glob.size()));
    if (!root.empty() && std::find(roots.begin(), roots.end(), root) == roots.end())
        return fmt::format("begins with {}, not with \"/\" or one of {}", in_quotes(root), fmt::join(roots, ", "));
    if (write && root == "$resources") return "is about the resources, which are read-only";
    if (root.size() == glob.size()) return "";
    const std::string_view rest = glob.substr(root.size() + 1);
    if (rest.find('$') != rest.npos) return "has \"$\" behind its beginning";
    return first_fault(rest, glob_part_fault);
}

std::string entry_fault(std::string_view text, bool write) {
    const GlobEntry entry = split_entry(text);
    if (std::string fault = glob_fault(entry.glob, write); !fault.empty()) return fault;
    if (entry.exceptions.size() > max_exceptions)
        return fmt::format("has {} exceptions, {} are the most", entry.exceptions.size(), max_exceptions);
    for (const std::string_view exception : entry.exceptions)
        if (const std::string fault = glob_fault(exception, write); !fault.empty())
            return fmt::format("has the exception {}, which {}", in_quotes(exception), fault);
    if (text.size() <= max_entry_size) return "";
    return fmt::format("has {} bytes with its exceptions, {} are the most", text.size(), max_entry_size);
}

std::string denial_fault(std::string_view text) {
    const std::optional<Denial> denial = denial_of(text);
    if (!denial) return "begins with neither \"read:\" nor \"write:\"";
    if (text.find(exception_mark) != text.npos) return "has an exception";
    if (denial->glob.substr(0, denial->glob.find('/')) == "$resources")
        return "is about the resources, which stay readable";
    return glob_fault(denial->glob, false);
}

bool judge(const Value& string, std::string_view path, std::string_view id, std::string_view what,
           const std::string& fault, std::string fix, Diagnostics& out) {
    if (fault.empty()) return true;
    out.add(id, string.at, path, fmt::format("{} is not {}: it {}", in_quotes(string.string), what, fault),
            std::move(fix));
    return false;
}

bool check_glob(const Value& string, std::string_view path, bool write, Diagnostics& out) {
    return judge(string, path, "manifest.bad-glob", write ? "a glob to write" : "a glob to read",
                 entry_fault(string.string, write), "write it as in \"/usr/share/dict/*\" or \"$data/**\"", out);
}

}  // namespace

bool check_relative_path(const Value& string, std::string_view path, Diagnostics& out) {
    return judge(string, path, "manifest.bad-path", "a relative path", path_fault(string.string),
                 "write names joined by \"/\": \"assets/icon.svg\"", out);
}

bool check_absolute_path(const Value& string, std::string_view path, Diagnostics& out) {
    const std::string_view text = string.string;
    std::string fault = text_fault(text, "\\:");
    if (fault.empty()) fault = text.front() == '/' ? first_fault(text.substr(1), path_part_fault) : "is relative";
    return judge(string, path, "manifest.bad-path", "an absolute path", fault, "write it as in \"/usr/bin/git\"", out);
}

bool check_read_glob(const Value& string, std::string_view path, Diagnostics& out) {
    return check_glob(string, path, false, out);
}

bool check_socket_path(const Value& string, std::string_view path, Diagnostics& out) {
    std::string fault = text_fault(string.string, "*?");
    if (fault.empty()) fault = glob_fault(string.string, true);
    return judge(string, path, "manifest.bad-path", "the path of a socket", fault,
                 "write it as in \"/run/example.socket\" or \"$temp/example.socket\"", out);
}

bool check_write_glob(const Value& string, std::string_view path, Diagnostics& out) {
    return check_glob(string, path, true, out);
}

bool check_denial(const Value& string, std::string_view path, Diagnostics& out) {
    return judge(string, path, "operator.bad-denial", "a denial", denial_fault(string.string),
                 "write it as in \"read:/home/me/.ssh/**\" or \"write:/srv/shop/**\"", out);
}

}  // namespace tenon::manifest
