#include "sandbox/broker/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Problem;
using base::Result;

namespace {

bool is_in_name(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

// The name in the braces that the text begins with; nothing if it begins with none.
std::optional<std::string_view> placeholder_at(std::string_view text) {
    if (!text.starts_with('{')) return std::nullopt;
    const std::size_t end = text.find('}');
    if (end == text.npos || end == 1) return std::nullopt;
    const std::string_view name = text.substr(1, end - 1);
    return std::all_of(name.begin(), name.end(), is_in_name) ? std::optional(name) : std::nullopt;
}

const std::string* value_of(const Values& values, std::string_view name) {
    const auto found = std::ranges::find_if(values, [&](const auto& each) { return each.first == name; });
    return found == values.end() ? nullptr : &found->second;
}

std::set<std::string_view> names_of(const ProgramRule& rule) {
    std::set<std::string_view> names;
    for (const std::string_view argument : rule.arguments)
        for (std::size_t at = 0; at < argument.size(); ++at)
            if (const auto name = placeholder_at(argument.substr(at))) names.insert(*name);
    return names;
}

std::string filled(std::string_view argument, const Values& values) {
    std::string out;
    while (!argument.empty()) {
        const auto name = placeholder_at(argument);
        const std::string* const value = name ? value_of(values, *name) : nullptr;
        out += value != nullptr ? std::string_view(*value) : argument.substr(0, 1);
        argument.remove_prefix(value != nullptr ? name->size() + 2 : 1);
    }
    return out;
}

Problem bad_value(const ProgramRule& rule, std::string_view name, std::string_view why) {
    return {"broker.bad-value", fmt::format("process:{}: the value of \"{}\" {}", rule.program, shown(name), why),
            "give another value"};
}

}  // namespace

bool takes(const ProgramRule& rule, const Values& values) {
    std::set<std::string_view> given;
    for (const auto& [name, value] : values)
        if (!given.insert(name).second) return false;
    return given == names_of(rule);
}

Result<std::vector<std::string>> fill(const ProgramRule& rule, const Values& values, std::size_t most_bytes) {
    for (const auto& [name, value] : values) {
        if (value.find('\0') != value.npos) return bad_value(rule, name, "has a zero byte");
        if (value.size() > most_bytes)
            return bad_value(rule, name, fmt::format("has {} bytes, of {} at most", value.size(), most_bytes));
    }
    std::vector<std::string> out;
    bool options_end = false;
    for (const std::string& argument : rule.arguments) {
        out.push_back(filled(argument, values));
        const auto first = placeholder_at(argument);
        if (first && !options_end && out.back().starts_with('-'))
            return bad_value(rule, *first, "makes an argument that begins with \"-\", which would be an option");
        options_end = options_end || argument == "--";
    }
    return out;
}

}  // namespace tenon::sandbox::broker
