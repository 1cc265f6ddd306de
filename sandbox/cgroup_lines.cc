#include "sandbox/cgroup_lines.h"

#include <algorithm>

#include "base/file.h"

namespace tenon::sandbox {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (end != 0) parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool lists(std::string_view list, char separator, std::string_view name) {
    const std::vector<std::string_view> all = split(list, separator);
    return std::find(all.begin(), all.end(), name) != all.end();
}

// The group's path is told from the hierarchy's root, of which only a part may be mounted.
std::string folder_of(const std::string& place, std::string_view root, std::string_view group) {
    if (root != "/" && group.starts_with(root)) group.remove_prefix(root.size());
    return group.empty() || group == "/" ? place : place + std::string(group);
}

std::optional<Controller> unified(std::string_view name, const CgroupMounts& mounts, std::string_view group) {
    if (mounts.unified.empty()) return std::nullopt;
    Controller found{std::string(name), 2, folder_of(mounts.unified, mounts.unified_root, group), false};
    const base::Result<std::string> offered = base::read_file(found.folder + "/cgroup.controllers", 64 * 1024);
    if (!offered || !lists_name(first_line(offered.value()), name)) return std::nullopt;
    return found;
}

std::optional<Controller> legacy(std::string_view name, const CgroupMounts& mounts, std::string_view group) {
    for (const CgroupMounts::Legacy& mount : mounts.legacy)
        if (lists(mount.options, ',', name))
            return Controller{std::string(name), 1, folder_of(mount.place, mount.root, group), false};
    return std::nullopt;
}

}  // namespace

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

bool lists_name(std::string_view line, std::string_view name) {
    return lists(line, ' ', name);
}

// "36 35 98:0 /root /place rw,noatime shared:1 - cgroup2 source rw"
CgroupMounts cgroup_mounts(std::string_view mountinfo) {
    CgroupMounts mounts;
    for (const std::string_view line : split(mountinfo, '\n')) {
        const std::vector<std::string_view> words = split(line, ' ');
        const auto dash = std::find(words.begin(), words.end(), "-");
        if (words.end() - dash < 4 || dash - words.begin() < 5) continue;
        if (dash[1] == "cgroup2" && mounts.unified.empty()) {
            mounts.unified = words[4];
            mounts.unified_root = words[3];
        }
        if (dash[1] == "cgroup")
            mounts.legacy.push_back({std::string(words[4]), std::string(words[3]), std::string(dash[3])});
    }
    return mounts;
}

// "4:memory:/group", and "0::/group" of version 2.
std::optional<Controller> controller_in(std::string_view name, const CgroupMounts& mounts, std::string_view groups) {
    for (const std::string_view line : split(groups, '\n')) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
        if (second == line.npos) continue;
        const std::string_view names = line.substr(first + 1, second - first - 1);
        const std::string_view group = line.substr(second + 1);
        std::optional<Controller> found;
        if (names.empty())
            found = unified(name, mounts, group);
        else if (lists(names, ',', name))
            found = legacy(name, mounts, group);
        if (found) return found;
    }
    return std::nullopt;
}

}  // namespace tenon::sandbox
