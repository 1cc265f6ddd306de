#include "manifest/scalar.h"

#include <cstddef>

namespace tenon::manifest {
namespace {

// The library's buffer for numbers is not much longer.
constexpr std::size_t longest_token = 100;
constexpr std::string_view decimal = "0123456789";

// Each skip function takes what it names from the front of the token, or nothing and says false.
bool skip(std::string_view& token, std::string_view any_of) {
    if (token.empty() || any_of.find(token.front()) == any_of.npos) return false;
    token.remove_prefix(1);
    return true;
}

bool skip_word(std::string_view& token, std::string_view word) {
    if (!token.starts_with(word)) return false;
    token.remove_prefix(word.size());
    return true;
}

// Digits with single underscores between them.
bool skip_digits(std::string_view& token, std::string_view digits) {
    std::string_view rest = token;
    do {
        if (!skip(rest, digits)) return false;
        while (skip(rest, digits)) {
        }
    } while (skip(rest, "_"));
    token = rest;
    return true;
}

// 'd' in the pattern stands for a digit, everything else for itself.
bool skip_pattern(std::string_view& token, std::string_view pattern) {
    std::string_view rest = token;
    for (const char& c : pattern)
        if (!skip(rest, c == 'd' ? decimal : std::string_view(&c, 1))) return false;
    token = rest;
    return true;
}

bool is_prefixed_integer(std::string_view token) {
    return (skip_word(token, "0x") && skip_digits(token, "0123456789abcdefABCDEF") && token.empty()) ||
           (skip_word(token, "0o") && skip_digits(token, "01234567") && token.empty()) ||
           (skip_word(token, "0b") && skip_digits(token, "01") && token.empty());
}

bool is_number(std::string_view token) {
    skip(token, "+-");
    if (token == "inf" || token == "nan") return true;
    const bool leading_zero =
        token.size() > 1 && token[0] == '0' && (decimal.find(token[1]) != decimal.npos || token[1] == '_');
    if (leading_zero || !skip_digits(token, decimal)) return false;
    if (skip(token, ".") && !skip_digits(token, decimal)) return false;
    if (skip(token, "eE")) {
        skip(token, "+-");
        if (!skip_digits(token, decimal)) return false;
    }
    return token.empty();
}

bool skip_time(std::string_view& token) {
    if (!skip_pattern(token, "dd:dd:dd")) return false;
    if (!skip(token, ".")) return true;
    if (!skip(token, decimal)) return false;
    while (skip(token, decimal)) {
    }
    return true;
}

bool is_date_or_time(std::string_view token) {
    const bool date = skip_pattern(token, "dddd-dd-dd");
    if (date && token.empty()) return true;
    if (date && !skip(token, "Tt")) return false;
    if (!skip_time(token)) return false;
    // The offset may stand behind a time alone, too: its date can be the token before.
    if (!skip(token, "Zz") && skip(token, "+-") && !skip_pattern(token, "dd:dd")) return false;
    return token.empty();
}

}  // namespace

bool is_scalar(std::string_view token) {
    if (token.size() > longest_token) return false;
    return token == "true" || token == "false" || is_prefixed_integer(token) || is_number(token) ||
           is_date_or_time(token);
}

}  // namespace tenon::manifest
