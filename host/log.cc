#include "host/log.h"

#include <cstdio>

namespace tenon::host {

namespace {

const char* level_name(std::uint32_t level) noexcept {
    switch (level) {
        case TENON_LOG_DEBUG:
            return "debug";
        case TENON_LOG_INFO:
            return "info";
        case TENON_LOG_WARNING:
            return "warning";
        default:
            return "error";
    }
}

int printable(std::string_view text) noexcept {
    return static_cast<int>(text.size() < 4096 ? text.size() : 4096);
}

}  // namespace

void Log::write(std::uint32_t level, std::string_view plugin, std::string_view text) const noexcept {
    if (function_ != nullptr) {
        try {
            function_(data_, level, {plugin.data(), plugin.size()}, {text.data(), text.size()});
        } catch (...) {  // an application's exception must not end up in a plugin
        }
        return;
    }
    if (level < TENON_LOG_WARNING) return;
    const std::string_view who = plugin.empty() ? std::string_view("tenon") : plugin;
    std::fprintf(stderr, "%s: %.*s: %.*s\n", level_name(level), printable(who), who.data(), printable(text),
                 text.data());
}

}  // namespace tenon::host
