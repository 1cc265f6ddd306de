#include "sandbox/broker/path.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

namespace {

bool is_control_byte(char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
}

std::string part_fault(std::string_view part) {
    if (part.empty()) return "has an empty part";
    if (part == "." || part == "..") return fmt::format("has the part \"{}\"", part);
    if (part.size() > 255) return "has a part of more than 255 bytes";
    return "";
}

}  // namespace

std::string path_fault(std::string_view path) {
    if (path.size() > most_path_bytes) return fmt::format("has {} bytes, of {} at most", path.size(), most_path_bytes);
    if (!path.starts_with('/')) return "is not absolute";
    if (std::any_of(path.begin(), path.end(), is_control_byte)) return "has a control character";
    if (!is_valid_utf8(path)) return "is not UTF-8";
    for (const std::string_view part : parts_of(path))
        if (std::string fault = part_fault(part); !fault.empty()) return fault;
    return "";
}

base::Check check_path(std::string_view path) {
    const std::string fault = path_fault(path);
    if (fault.empty()) return {};
    return base::Problem{"broker.bad-path", fmt::format("the path \"{}\" {}", shown(path), fault),
                         "ask for an absolute path, with one \"/\" between its parts, and without \".\" and \"..\""};
}

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 1; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

}  // namespace tenon::sandbox::broker
