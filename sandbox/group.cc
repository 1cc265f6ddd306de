#include "sandbox/group.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/fd.h"
#include "base/file.h"
#include "sandbox/cgroup_lines.h"
#include "sandbox/protocol.h"

namespace tenon::sandbox {

namespace {

constexpr std::string_view group_prefix = "tenon-worker-";
constexpr std::uint64_t period_us = 100'000;
constexpr std::uint64_t own_threads = most_lanes + 2;  // the first one, one for each lane, and the one that attends

bool write_line(const std::string& file, const std::string& line) noexcept {
    const base::Fd open(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return open && ::write(open.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

bool can_have_groups(const std::string& folder) {
    return ::access(folder.c_str(), W_OK) == 0 && ::access((folder + "/cgroup.procs").c_str(), W_OK) == 0;
}

std::optional<GroupPlace> place_at(const std::string& folder) {
    const base::Result<std::string> counted = base::read_file(folder + "/cgroup.subtree_control", 64 * 1024);
    if (!counted || !can_have_groups(folder)) return std::nullopt;
    const std::string_view line = first_line(counted.value());
    GroupPlace place{folder, lists_name(line, "memory"), lists_name(line, "pids"), lists_name(line, "cpu")};
    if (!place.memory && !place.pids && !place.cpu) return std::nullopt;
    return place;
}

// Whose host was killed: the workers end with it, but nobody was left to remove their groups.
void remove_orphans(const std::string& folder) {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (!name.starts_with(group_prefix)) continue;
        pid_t host = 0;
        const auto [rest, wrong] = std::from_chars(name.data() + group_prefix.size(), name.data() + name.size(), host);
        if (wrong != std::errc() || host <= 0 || ::kill(host, 0) == 0 || errno != ESRCH) continue;
        ::rmdir(entry->path().c_str());  // not if anything is in it
    }
}

}  // namespace

std::optional<GroupPlace> group_place(const Machine& machine) {
    for (const Controller& controller : machine.controllers) {
        if (controller.version != 2) continue;
        if (std::optional<GroupPlace> here = place_at(controller.folder)) return here;
        return place_at(controller.folder.substr(0, controller.folder.rfind('/')));
    }
    return std::nullopt;
}

const std::optional<GroupPlace>& own_group_place() {
    static const std::optional<GroupPlace> place = [] {
        std::optional<GroupPlace> found = group_place(look_at_groups());
        if (found) remove_orphans(found->folder);
        return found;
    }();
    return place;
}

std::optional<Group> Group::make(const GroupPlace& place, const Ceilings& ceilings) {
    static std::atomic<std::uint64_t> last{0};
    std::string folder =
        place.folder + "/" + std::string(group_prefix) + std::to_string(::getpid()) + "-" + std::to_string(++last);
    if (::mkdir(folder.c_str(), 0755) != 0) return std::nullopt;
    Group group(std::move(folder));
    if (!group.set(place, ceilings)) return std::nullopt;
    return group;
}

std::vector<GroupLine> group_lines(const GroupPlace& place, const Ceilings& ceilings) {
    std::vector<GroupLine> lines;
    if (place.memory && ceilings.memory_bytes != 0)
        lines.push_back({"memory.max", std::to_string(ceilings.memory_bytes)});
    if (place.pids && ceilings.tasks != 0) lines.push_back({"pids.max", std::to_string(ceilings.tasks + own_threads)});
    if (place.cpu && ceilings.cpu_percent != 0)
        lines.push_back(
            {"cpu.max", std::to_string(ceilings.cpu_percent * period_us / 100) + " " + std::to_string(period_us)});
    return lines;
}

// Without swap, where there is any: memory that is not to be had is not to be had there either.
bool Group::set(const GroupPlace& place, const Ceilings& ceilings) const {
    for (const GroupLine& line : group_lines(place, ceilings))
        if (!write_line(folder_ + "/" + line.file, line.text)) return false;
    if (place.memory && ceilings.memory_bytes != 0) write_line(folder_ + "/memory.swap.max", "0");
    return true;
}

Group::Group(Group&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}

Group::~Group() {
    if (folder_.empty()) return;
    if (::rmdir(folder_.c_str()) == 0 || errno != EBUSY) return;
    write_line(folder_ + "/cgroup.kill", "1");  // since Linux 5.14
    for (int tries = 0; tries < 100 && ::rmdir(folder_.c_str()) != 0 && errno == EBUSY; ++tries) ::usleep(1000);
}

bool Group::take_in(pid_t process) const noexcept {
    return write_line(folder_ + "/cgroup.procs", std::to_string(process));
}

}  // namespace tenon::sandbox
