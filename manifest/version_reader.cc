#include "manifest/version_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "manifest/words.h"

namespace tenon::manifest {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_identifier(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool has_leading_zero(std::string_view identifier) {
    return identifier.size() > 1 && identifier.front() == '0' &&
           std::all_of(identifier.begin(), identifier.end(), is_digit);
}

}  // namespace

bool VersionReader::skip(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
}

bool VersionReader::skip_spaces() {
    const std::size_t found = rest_.find_first_not_of(" \t\n\v\f\r");
    const std::size_t count = found == std::string_view::npos ? rest_.size() : found;
    rest_.remove_prefix(count);
    return count > 0;
}

std::optional<std::uint64_t> VersionReader::number() {
    std::size_t size = 0;
    std::uint64_t value = 0;
    while (size < rest_.size() && is_digit(rest_[size])) {
        value = value * 10 + static_cast<std::uint64_t>(rest_[size] - '0');
        if (value > Version::max_number) return std::nullopt;  // before the next step could overflow
        ++size;
    }
    if (size == 0 || (size > 1 && rest_.front() == '0')) return std::nullopt;
    rest_.remove_prefix(size);
    return value;
}

std::string_view VersionReader::identifier() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_identifier);
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(found.size());
    return found;
}

std::optional<std::vector<std::string>> VersionReader::prerelease() {
    std::vector<std::string> identifiers;
    do {
        const std::string_view before = rest_;
        const std::string_view found = identifier();
        if (found.empty()) return std::nullopt;
        if (has_leading_zero(found)) {
            rest_ = before;
            return std::nullopt;
        }
        identifiers.emplace_back(found);
    } while (skip('.'));
    return identifiers;
}

std::optional<std::string> VersionReader::build() {
    std::string all;
    do {
        const std::string_view found = identifier();
        if (found.empty()) return std::nullopt;
        if (!all.empty()) all += '.';
        all += found;
    } while (skip('.'));
    return all;
}

std::string VersionReader::where() const {
    if (rest_.empty()) return "at its end";
    return fmt::format("at character {}, {}", whole_.size() - rest_.size() + 1, in_quotes(rest_, 24));
}

}  // namespace tenon::manifest
