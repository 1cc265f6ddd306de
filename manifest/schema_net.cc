#include "manifest/schema_net.h"

#include <algorithm>
#include <optional>

#include "manifest/schema_characters.h"

namespace tenon::manifest {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";
constexpr std::string_view letters_digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// The text between the ends of which a separator stands: each part is looked at, also empty ones.
template <class Good>
bool every_part(std::string_view text, char separator, Good&& good) {
    for (;;) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (!good(text.substr(0, end))) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

// The groups of one side of "::", the last of which may be an IPv4 address and is two then; nothing if one is wrong.
std::optional<std::size_t> count_groups(std::string_view text, bool at_the_end) {
    std::size_t groups = 0;
    if (text.empty()) return groups;
    const bool good = every_part(text, ':', [&](std::string_view group) {
        const bool last = group.data() + group.size() == text.data() + text.size();
        if (last && at_the_end && has(group, '.')) {
            groups += 2;
            return is_ipv4(group);
        }
        ++groups;
        return !group.empty() && group.size() <= 4 && all_of(group, hex_digits);
    });
    return good ? std::optional(groups) : std::nullopt;
}

constexpr std::string_view atom_marks = "!#$%&'*+-/=?^_`{|}~";

// RFC 5321: "Local-part": words joined by dots, or a text between quotes.
bool is_local_part(std::string_view text) {
    if (text.empty() || text.size() > 64) return false;
    if (text.front() != '"')
        return every_part(text, '.', [](std::string_view word) {
            return !word.empty() &&
                   std::ranges::all_of(word, [](char c) { return has(letters_digits, c) || has(atom_marks, c); });
        });
    if (text.size() < 2 || text.back() != '"') return false;
    const std::string_view inner = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < inner.size(); ++i) {
        if (inner[i] == '\\')
            ++i;
        else if (inner[i] == '"')
            return false;
        if (i == inner.size() || inner[i] < ' ' || inner[i] > '~') return false;
    }
    return true;
}

// Characters of a URI (RFC 3986), where a percent sign has two hexadecimal digits behind it.
bool is_escaped(std::string_view text, std::string_view marks) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (text.size() - i < 3 || !all_of(text.substr(i + 1, 2), hex_digits)) return false;
            i += 2;
        } else if (!has(letters_digits, text[i]) && !has(marks, text[i])) {
            return false;
        }
    }
    return true;
}

constexpr std::string_view name_marks = "-._~!$&'()*+,;=";  // unreserved and sub-delims
constexpr std::string_view user_marks = "-._~!$&'()*+,;=:";
constexpr std::string_view path_marks = "-._~!$&'()*+,;=:@/";
constexpr std::string_view query_marks = "-._~!$&'()*+,;=:@/?";

bool is_ip_literal(std::string_view text) {
    if (text.empty() || (text.front() != 'v' && text.front() != 'V')) return is_ipv6(text);
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
    return all_of(text.substr(1, dot - 1), hex_digits) && text.find('%') == text.npos &&
           is_escaped(text.substr(dot + 1), user_marks);
}

// [ user "@" ] host [ ":" port ]
bool is_authority(std::string_view text) {
    if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
        if (!is_escaped(text.substr(0, at), user_marks)) return false;
        text.remove_prefix(at + 1);
    }
    std::size_t host = std::min(text.find(':'), text.size());
    if (!text.empty() && text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !is_ip_literal(text.substr(1, end - 1))) return false;
        host = end + 1;
    } else if (!is_escaped(text.substr(0, host), name_marks)) {
        return false;
    }
    const std::string_view port = text.substr(host);
    return port.empty() || (port.front() == ':' && all_of(port.substr(1), digits));
}

// Takes off what stands behind the first `mark`; empty if there is none.
std::string_view take_tail(std::string_view& text, char mark) {
    const std::size_t at = std::min(text.find(mark), text.size());
    const std::string_view tail = at == text.size() ? "" : text.substr(at + 1);
    text = text.substr(0, at);
    return tail;
}

}  // namespace

bool is_hostname(std::string_view text) {
    return text.size() <= 253 && every_part(text, '.', [](std::string_view label) {
               return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                      std::ranges::all_of(label, [](char c) { return c == '-' || has(letters_digits, c); });
           });
}

bool is_ipv4(std::string_view text) {
    const bool numbers = every_part(text, '.', [](std::string_view part) {
        if (part.empty() || part.size() > 3 || !all_of(part, digits)) return false;
        if (part.size() > 1 && part.front() == '0') return false;
        return part.size() < 3 || part <= "255";
    });
    return numbers && std::ranges::count(text, '.') == 3;
}

bool is_ipv6(std::string_view text) {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) return count_groups(text, true) == 8;
    const auto left = count_groups(text.substr(0, gap), false);
    const auto right = count_groups(text.substr(gap + 2), true);
    return left && right && *left + *right <= 7;
}

bool is_email(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || !is_local_part(text.substr(0, at))) return false;
    std::string_view domain = text.substr(at + 1);
    if (domain.empty() || domain.front() != '[') return is_hostname(domain);
    if (domain.back() != ']') return false;
    domain = domain.substr(1, domain.size() - 2);
    return domain.starts_with("IPv6:") ? is_ipv6(domain.substr(5)) : is_ipv4(domain);
}

bool is_uri(std::string_view text) {
    if (!is_escaped(take_tail(text, '#'), query_marks)) return false;
    if (!is_escaped(take_tail(text, '?'), query_marks)) return false;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const std::string_view scheme = text.substr(0, colon);
    if (has(digits, scheme.front()) ||
        !std::ranges::all_of(scheme, [](char c) { return has(letters_digits, c) || has("+-.", c); }))
        return false;
    if (has("+-.", scheme.front())) return false;
    text.remove_prefix(colon + 1);
    if (!text.starts_with("//")) return is_escaped(text, path_marks);
    text.remove_prefix(2);
    const std::size_t path = std::min(text.find('/'), text.size());
    return is_authority(text.substr(0, path)) && is_escaped(text.substr(path), path_marks);
}

}  // namespace tenon::manifest
