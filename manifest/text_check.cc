#include "manifest/text_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/manifest.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view id_characters = "abcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
constexpr std::size_t longest_hook_name = 63;

// What is wrong with an id, or an empty text.
std::string id_fault(std::string_view id) {
    if (id.size() > max_id_size) return fmt::format("has {} bytes, {} are the most", id.size(), max_id_size);
    std::size_t parts = 0;
    for (std::size_t begin = 0; begin <= id.size(); ++parts) {
        const std::size_t end = std::min(id.find('.', begin), id.size());
        const std::string_view part = id.substr(begin, end - begin);
        if (part.empty()) return "has an empty part";
        if (const std::size_t bad = part.find_first_not_of(id_characters); bad != std::string_view::npos)
            return fmt::format("has {} at character {}", in_quotes(part.substr(bad), 8), begin + bad + 1);
        begin = end + 1;
    }
    return parts >= 2 ? "" : "has one part only";
}

bool is_control(unsigned char c) {
    return c < 0x20 || c == 0x7F;
}

std::string control_fault(std::string_view text, bool lines) {
    for (const char c : text)
        if (is_control(static_cast<unsigned char>(c)) && !(lines && (c == '\n' || c == '\r' || c == '\t')))
            return fmt::format("has the control character 0x{:02x}", static_cast<unsigned char>(c));
    return "";
}

bool is_hook_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_hook_name && letters.find(name[0]) != letters.npos &&
           name.find_first_not_of(name_characters) == name.npos;
}

bool is_revision(std::string_view text) {
    return !text.empty() && text.size() <= 9 && text[0] != '0' && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

std::string control_fault(std::string_view text) {
    return control_fault(text, false);
}

bool is_id(std::string_view text) {
    return id_fault(text).empty();
}

bool check_text(const Value& string, std::string_view path, const TextRule& rule, Diagnostics& out) {
    const std::string& text = string.string;
    std::string fault;
    if (text.empty()) fault = "is empty";
    if (text.size() > rule.longest) fault = fmt::format("has {} bytes, {} are the most", text.size(), rule.longest);
    if (const std::string control = control_fault(text, rule.lines); !control.empty()) fault = control;
    if (fault.empty()) return true;
    out.add("manifest.bad-text", string.at, path, fmt::format("{} {}", in_quotes(text, 40), fault),
            rule.lines ? "write some words without control characters" : "write a short line");
    return false;
}

bool check_id(std::string_view id, Location at, std::string_view path, Diagnostics& out) {
    const std::string fault = id_fault(id);
    if (fault.empty()) return true;
    out.add(
        "manifest.bad-id", at, path, fmt::format("{} is not an id: it {}", in_quotes(id), fault),
        "write two or more parts of a-z, 0-9 and hyphens joined by dots, all between quotes: \"org.tenon.markdown\"");
    return false;
}

bool check_hook_name(const Value& string, std::string_view path, Diagnostics& out) {
    const std::string_view name = string.string;
    if (is_hook_name(name)) return true;
    out.add("manifest.bad-hook", string.at, path, fmt::format("{} is not the name of a hook", in_quotes(name)),
            "write the name as the contract's header has it: letters, digits and underscores, at most 63");
    return false;
}

bool check_id(const Value& string, std::string_view path, Diagnostics& out) {
    return check_id(string.string, string.at, path, out);
}

bool check_service_id(const Value& string, std::string_view path, Diagnostics& out) {
    const std::string_view id = string.string;
    const std::size_t slash = std::min(id.find('/'), id.size());
    std::string fault = id_fault(id.substr(0, slash));
    if (fault.empty() && slash < id.size() && !is_revision(id.substr(slash + 1)))
        fault = fmt::format("has {} where a revision is wanted", in_quotes(id.substr(slash + 1), 24));
    if (id.size() > max_id_size) fault = fmt::format("has {} bytes, {} are the most", id.size(), max_id_size);
    if (fault.empty()) return true;
    out.add("manifest.bad-id", string.at, path,
            fmt::format("{} is not the id of a service: it {}", in_quotes(id), fault),
            "write it as the contract does, with or without its revision: \"org.acme.tax/1\"");
    return false;
}

bool check_handler(const Value& string, std::string_view path, Diagnostics& out) {
    const std::string_view text = string.string;
    const std::size_t hash = std::min(text.find('#'), text.size());
    std::string fault = id_fault(text.substr(0, hash));
    if (fault.empty() && hash < text.size() && !is_hook_name(text.substr(hash + 1)))
        fault = fmt::format("has {} where the name of a handler is wanted", in_quotes(text.substr(hash + 1), 24));
    if (fault.empty()) return true;
    out.add("manifest.bad-id", string.at, path, fmt::format("{} names no handler: it {}", in_quotes(text), fault),
            "write a plugin's id, or \"org.acme.other#handler\"");
    return false;
}

bool check_described_struct(const Value& string, std::string_view path, Diagnostics& out) {
    const std::string_view text = string.string;
    const std::size_t slash = std::min(text.find('/'), text.size());
    std::string fault =
        slash == text.size() ? "has no slash between a contract and a struct" : id_fault(text.substr(0, slash));
    if (fault.empty() && !is_hook_name(text.substr(slash + 1)))  // the names in a contract are all of one form
        fault = fmt::format("has {} where the name of a struct is wanted", in_quotes(text.substr(slash + 1), 24));
    if (fault.empty()) return true;
    out.add("manifest.bad-id", string.at, path, fmt::format("{} names no struct: it {}", in_quotes(text), fault),
            "write the contract's id, a slash, and the struct's name as the contract's header has it: "
            "\"org.acme.counter.types/counter_state\"");
    return false;
}

bool check_count(std::size_t count, std::size_t most, Location at, std::string_view path, Diagnostics& out) {
    if (count <= most) return true;
    out.add("manifest.too-many", at, path, fmt::format("found {} entries, {} are the most", count, most),
            "leave some out, or split the plugin");
    return false;
}

}  // namespace tenon::manifest
