// What settings.toml in the plugin's data folder says.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace spell_check {

// For trying out what a host does with a slow plugin; by default it is not slow.
struct Settings {
    std::chrono::milliseconds delay{0};        // how long a delayed page takes in addition
    std::uint64_t delayed_pages = UINT64_MAX;  // so many, the first ones
};

// The lines are `delay = "20 ms"` (at most 9999), `delayed_pages = 6`, empty, or comments. Throws std::runtime_error
// with the file's name and the line for anything else.
Settings parse_settings(std::string_view text, const std::string& name);
// The defaults when there is no such file.
Settings read_settings(const std::string& path);

}  // namespace spell_check
