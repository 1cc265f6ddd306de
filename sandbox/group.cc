#include "sandbox/group.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

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

std::optional<GroupTree> unified_tree(const std::string& folder) {
    const base::Result<std::string> counted = base::read_file(folder + "/cgroup.subtree_control", 64 * 1024);
    if (!counted || !can_have_groups(folder)) return std::nullopt;
    const std::string_view line = first_line(counted.value());
    GroupTree tree{folder, 2, lists_name(line, "memory"), lists_name(line, "pids"), lists_name(line, "cpu")};
    if (!tree.memory && !tree.pids && !tree.cpu) return std::nullopt;
    return tree;
}

std::optional<GroupTree> unified_tree_near(const std::string& folder) {
    std::optional<GroupTree> here = unified_tree(folder);
    return here ? here : unified_tree(folder.substr(0, folder.rfind('/')));
}

void add_legacy(std::vector<GroupTree>& trees, const Controller& controller) {
    if (!can_have_groups(controller.folder)) return;
    auto tree =
        std::find_if(trees.begin(), trees.end(), [&](const GroupTree& one) { return one.folder == controller.folder; });
    if (tree == trees.end()) tree = trees.insert(tree, {controller.folder, 1});
    tree->memory = tree->memory || controller.name == "memory";
    tree->pids = tree->pids || controller.name == "pids";
    tree->cpu = tree->cpu || controller.name == "cpu";
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

// Version 1 has no word for all of them.
void end_all(const std::string& folder) {
    if (write_line(folder + "/cgroup.kill", "1")) return;  // version 2, since Linux 5.14
    const base::Result<std::string> listed = base::read_file(folder + "/cgroup.procs", 64 * 1024);
    if (!listed) return;
    const char* at = listed.value().data();
    const char* const end = at + listed.value().size();
    for (pid_t process = 0; at < end; ++at) {
        const auto [rest, wrong] = std::from_chars(at, end, process);
        if (wrong != std::errc()) return;
        if (process > 0) ::kill(process, SIGKILL);
        at = rest;
    }
}

}  // namespace

bool GroupPlace::counts(bool GroupTree::* resource) const noexcept {
    return std::any_of(trees.begin(), trees.end(), [&](const GroupTree& tree) { return tree.*resource; });
}

std::optional<GroupPlace> group_place(const Machine& machine) {
    GroupPlace place;
    bool looked = false;
    for (const Controller& controller : machine.controllers) {
        if (controller.version == 1) add_legacy(place.trees, controller);
        if (controller.version != 2 || std::exchange(looked, true)) continue;
        if (std::optional<GroupTree> tree = unified_tree_near(controller.folder))
            place.trees.push_back(std::move(*tree));
    }
    if (place.trees.empty()) return std::nullopt;
    return place;
}

const std::optional<GroupPlace>& own_group_place() {
    static const std::optional<GroupPlace> place = [] {
        std::optional<GroupPlace> found = group_place(look_at_groups());
        if (found)
            for (const GroupTree& tree : found->trees) remove_orphans(tree.folder);
        return found;
    }();
    return place;
}

std::vector<GroupLine> group_lines(const GroupTree& tree, const Ceilings& ceilings) {
    const bool old = tree.version == 1;
    const std::string memory = std::to_string(ceilings.memory_bytes), period = std::to_string(period_us);
    const std::string quota = std::to_string(ceilings.cpu_percent * period_us / 100);
    std::vector<GroupLine> lines;
    if (tree.memory && ceilings.memory_bytes != 0) {
        lines.push_back({old ? "memory.limit_in_bytes" : "memory.max", memory});
        // Without swap, where there is any: memory that is not to be had is not to be had there either.
        lines.push_back({old ? "memory.memsw.limit_in_bytes" : "memory.swap.max", old ? memory : "0", false});
    }
    if (tree.pids && ceilings.tasks != 0) lines.push_back({"pids.max", std::to_string(ceilings.tasks + own_threads)});
    if (tree.cpu && ceilings.cpu_percent != 0 && !old) lines.push_back({"cpu.max", quota + " " + period});
    if (tree.cpu && ceilings.cpu_percent != 0 && old) {
        lines.push_back({"cpu.cfs_period_us", period});
        lines.push_back({"cpu.cfs_quota_us", quota});
    }
    return lines;
}

std::optional<Group> Group::make(const GroupPlace& place, const Ceilings& ceilings) {
    static std::atomic<std::uint64_t> last{0};
    const std::string name = std::string(group_prefix) + std::to_string(::getpid()) + "-" + std::to_string(++last);
    Group group;
    for (const GroupTree& tree : place.trees) {
        const std::vector<GroupLine> lines = group_lines(tree, ceilings);
        if (!lines.empty() && !group.add(tree, name, lines)) return std::nullopt;
    }
    if (group.all_.empty()) return std::nullopt;
    return group;
}

bool Group::add(const GroupTree& tree, const std::string& name, const std::vector<GroupLine>& lines) {
    const std::string folder = tree.folder + "/" + name;
    if (::mkdir(folder.c_str(), 0755) != 0) return false;
    all_.push_back({folder, tree.version});
    return std::all_of(lines.begin(), lines.end(), [&](const GroupLine& line) {
        return write_line(folder + "/" + line.file, line.text) || !line.needed;
    });
}

Group::~Group() {
    for (const One& one : all_) {
        if (::rmdir(one.folder.c_str()) == 0 || errno != EBUSY) continue;
        end_all(one.folder);
        for (int tries = 0; tries < 100 && ::rmdir(one.folder.c_str()) != 0 && errno == EBUSY; ++tries) ::usleep(1000);
    }
}

std::optional<std::vector<base::Fd>> Group::doors() const {
    std::vector<base::Fd> all;
    for (const One& one : all_) {
        const std::string file = one.folder + (one.version == 1 ? "/tasks" : "/cgroup.procs");
        all.emplace_back(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
        if (!all.back()) return std::nullopt;
    }
    return all;
}

bool Group::ran_out_of_memory() const {
    return std::any_of(all_.begin(), all_.end(), [](const One& one) {
        const char* const file = one.version == 1 ? "/memory.oom_control" : "/memory.events";
        const base::Result<std::string> counts = base::read_file(one.folder + file, 4096);
        const std::size_t at = counts ? counts.value().find("oom_kill ") : std::string::npos;
        return at != std::string::npos && counts.value()[at + std::string_view("oom_kill ").size()] != '0';
    });
}

std::vector<std::string> Group::folders() const {
    std::vector<std::string> all;
    for (const One& one : all_) all.push_back(one.folder);
    return all;
}

}  // namespace tenon::sandbox
