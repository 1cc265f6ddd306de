// Where groups for workers can be made.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "sandbox/cgroup_lines.h"
#include "sandbox/group.h"

namespace tenon::sandbox {

namespace {

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
        if (wrong != std::errc() || host <= 0) continue;
        // This process has made none yet: what has its number is of one before it.
        if (host != ::getpid() && (::kill(host, 0) == 0 || errno != ESRCH)) continue;
        ::rmdir(entry->path().c_str());  // not if anything is in it
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

}  // namespace tenon::sandbox
