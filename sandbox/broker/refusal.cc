#include "sandbox/broker/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace tenon::sandbox::broker {

namespace {

constexpr std::string_view grant = "grant ";

bool continues(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

// Bytes of the character that the text begins with; 0 if it begins with none.
std::size_t character_at(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
    if (length == 0 || first >= 0xF5 || text.size() < length) return 0;
    if (!std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length), continues)) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool beyond = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
    return overlong || beyond ? 0 : length;
}

bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    return first < 0x20 || first == 0x7F || (first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0);
}

}  // namespace

base::Problem denied(const std::string& permission) {
    return {"permission.denied", fmt::format("{} is not granted", permission), fmt::format("{}{}", grant, permission)};
}

base::Problem denied_by(const std::string& permission, const std::string& rule) {
    return {"permission.denied", fmt::format("{} is denied by the rule \"{}\"", permission, rule),
            fmt::format("take the rule \"{}\" back", rule)};
}

base::Problem stopped(const std::string& permission) {
    return {"broker.stopped",
            fmt::format("{}: was cut short: the plugin is unloaded, or its worker has ended", permission),
            "ask before the plugin is stopped"};
}

std::optional<std::string> missing_permission(const base::Problem& problem) {
    if (problem.id != "permission.denied" || !problem.fix.starts_with(grant)) return std::nullopt;
    return problem.fix.substr(grant.size());
}

std::string shown(std::string_view text, std::size_t most) {
    std::string out;
    while (!text.empty() && out.size() < most) {
        const std::size_t length = character_at(text);
        if (length == 0 || is_control(text.substr(0, length)))
            for (const char byte : text.substr(0, std::max<std::size_t>(length, 1)))
                out += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
        else
            out += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    if (!text.empty()) out += "...";
    return out;
}

bool is_valid_utf8(std::string_view text) noexcept {
    for (std::size_t length = 0; !text.empty(); text.remove_prefix(length))
        if (length = character_at(text); length == 0) return false;
    return true;
}

}  // namespace tenon::sandbox::broker
