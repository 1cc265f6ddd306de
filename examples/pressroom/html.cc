#include "html.h"

#include <fmt/core.h>

#include <filesystem>

namespace pressroom {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool stays_in_url(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/").find(c) != std::string_view::npos;
}

}  // namespace

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string link_between(std::string_view from, std::string_view to) {
    const std::filesystem::path folder = std::filesystem::path(from).parent_path();
    const std::string path =
        std::filesystem::path(to).lexically_relative(folder.empty() ? "." : folder).generic_string();
    std::string out;
    for (const char c : path) {
        if (stays_in_url(c)) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::string percent_decoded(std::string_view url) {
    std::string out;
    for (std::size_t at = 0; at < url.size(); ++at) {
        const int high = url[at] == '%' && at + 2 < url.size() ? hex_digit(url[at + 1]) : -1;
        const int low = high >= 0 ? hex_digit(url[at + 2]) : -1;
        out += low >= 0 ? static_cast<char>(high * 16 + low) : url[at];
        if (low >= 0) at += 2;
    }
    return out;
}

}  // namespace pressroom
