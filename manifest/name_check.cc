#include "manifest/name_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

constexpr std::size_t longest_name = 63;
constexpr std::size_t longest_domain = 253;
constexpr std::size_t longest_url = 512;
constexpr std::string_view digits = "0123456789";
constexpr std::string_view small = "abcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view both = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
constexpr std::string_view word = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view address = "0123456789abcdefABCDEF:.";
// RFC 3986: what may stand behind the host.
constexpr std::string_view url_characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@%/?#";

std::string too_long(std::string_view text, std::size_t most) {
    return text.size() <= most ? "" : fmt::format("has {} bytes, {} are the most", text.size(), most);
}

// The first character that is not one of these, which may be of several bytes.
std::string stray(std::string_view text, std::string_view allowed) {
    const std::size_t bad = text.find_first_not_of(allowed);
    return bad == text.npos ? "" : fmt::format("has {} at character {}", in_quotes(text.substr(bad), 8), bad + 1);
}

std::string label_fault(std::string_view label, std::string_view allowed) {
    if (label.empty()) return "is empty or has an empty part";
    if (const std::string long_one = too_long(label, longest_name); !long_one.empty()) return long_one;
    if (const std::string bad = stray(label, allowed); !bad.empty()) return bad;
    return label.front() == '-' || label.back() == '-' ? "has a hyphen at an end" : "";
}

std::string labels_fault(std::string_view text, std::string_view allowed) {
    std::string fault;
    for (std::size_t begin = 0; fault.empty() && begin <= text.size();) {
        const std::size_t end = std::min(text.find('.', begin), text.size());
        fault = label_fault(text.substr(begin, end - begin), allowed);
        begin = end + 1;
    }
    return fault;
}

bool is_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || text[0] == '0' || text.find_first_not_of(digits) != text.npos) return false;
    return text.size() < 5 || text <= "65535";
}

std::string url_fault(std::string_view url) {
    if (const std::string long_one = too_long(url, longest_url); !long_one.empty()) return long_one;
    const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
    if (scheme == 0) return "does not begin with http:// or https://";
    std::string_view host = url.substr(scheme, url.find_first_of("/?#", scheme) - scheme);
    const std::string_view rest = url.substr(scheme + host.size());
    const std::size_t colon = host.ends_with(']') ? host.npos : host.rfind(':');
    if (colon != host.npos) {
        if (!is_port(host.substr(colon + 1)))
            return fmt::format("has the port {}", in_quotes(host.substr(colon + 1), 24));
        host = host.substr(0, colon);
    }
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const std::string fault = bracketed ? stray(host.substr(1, host.size() - 2), address) : labels_fault(host, both);
    return fault.empty() ? stray(rest, url_characters).empty() ? "" : "has a character that must be written as %XX"
                         : fmt::format("has a host that {}", fault);
}

bool judge(const Value& string, std::string_view path, std::string_view what, std::string_view fault, std::string fix,
           Diagnostics& out) {
    if (fault.empty()) return true;
    out.add("manifest.bad-name", string.at, path,
            fmt::format("{} is not {}: it {}", in_quotes(string.string), what, fault), std::move(fix));
    return false;
}

}  // namespace

bool check_slug(const Value& string, std::string_view path, Diagnostics& out) {
    return judge(string, path, "a short name", label_fault(string.string, small),
                 "write a-z, 0-9 and hyphens between them: \"side-bar\"", out);
}

bool check_variable(const Value& string, std::string_view path, Diagnostics& out) {
    const std::string& name = string.string;
    std::string fault = too_long(name, longest_name);
    if (fault.empty()) fault = stray(name, word);
    if (name.empty()) fault = "is empty";
    if (fault.empty() && digits.find(name[0]) != digits.npos) fault = "begins with a digit";
    return judge(string, path, "the name of a variable", fault, "write letters, digits and underscores: \"LANG\"", out);
}

bool check_domain(const Value& string, std::string_view path, Diagnostics& out) {
    std::string_view name = string.string;
    if (name == "*") return true;
    std::string fault = too_long(name, longest_domain);
    if (name.starts_with("*.")) name.remove_prefix(2);
    if (fault.empty()) fault = labels_fault(name, small);
    return judge(string, path, "a domain", fault,
                 "write it in small letters, without a protocol and a port: \"api.example.org\", \"*.example.org\"",
                 out);
}

bool check_url(const Value& string, std::string_view path, Diagnostics& out) {
    const std::string fault = url_fault(string.string);
    if (fault.empty()) return true;
    out.add("manifest.bad-url", string.at, path, fmt::format("{} is not a URL: it {}", in_quotes(string.string), fault),
            "write it as browsers show it when it is copied: \"https://example.org/plugin\"");
    return false;
}

}  // namespace tenon::manifest
