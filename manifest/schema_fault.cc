#include "manifest/schema_fault.h"

#include <fmt/format.h>

#include "manifest/diagnostics.h"
#include "manifest/words.h"

namespace tenon::manifest {
namespace {

// Of a pointer in a text.
constexpr std::size_t longest_pointer = 4096;

std::string json_pointer(const SchemaPath& path) {
    std::string text;
    for (const auto& step : path) {
        text += '/';
        if (const auto* index = std::get_if<std::size_t>(&step)) text += fmt::to_string(*index);
        if (const auto* key = std::get_if<std::string_view>(&step))
            for (const char c : *key) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        if (text.size() > longest_pointer) break;
    }
    return printable(text, longest_pointer);
}

}  // namespace

std::string dotted_path(const SchemaPath& path) {
    std::string text;
    for (const auto& step : path)
        if (const auto* key = std::get_if<std::string_view>(&step))
            text = key_path(text, *key);
        else
            text += fmt::format("[{}]", std::get<std::size_t>(step));
    return text;
}

void SchemaFaults::add(std::string_view id, const SchemaPath& path, std::string what, std::string fix) {
    if (!count_if_full())
        list_.push_back({std::string(id), dotted_path(path), json_pointer(path), std::move(what), std::move(fix)});
}

base::Problems SchemaFaults::problems() const {
    base::Problems problems;
    for (const SchemaFault& fault : list_) {
        const std::string place =
            fault.pointer.empty() ? "the whole document" : fmt::format("{} ({})", fault.dotted, fault.pointer);
        problems.push_back({fault.id, fmt::format("{}: {}", place, fault.what), fault.fix});
    }
    if (more_ > 0)
        problems.push_back({"config.more-problems", fmt::format("{} more problems are not shown", more_),
                            "repair the ones above first"});
    return problems;
}

}  // namespace tenon::manifest
