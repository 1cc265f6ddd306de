// Control groups for one worker: what it takes of the machine as a whole, which limits of processes do not count. Used
// where this user may make groups, of either version; elsewhere the limits of processes stand alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "sandbox/machine.h"
#include "sandbox/policy.h"

namespace tenon::sandbox {

// What the names of groups begin with; the number of the host follows.
inline constexpr std::string_view group_prefix = "tenon-worker-";

// Where groups for workers can be made, and what is counted there. Version 2 has one tree for all, version 1 one for
// each kind of resource, or for some together.
struct GroupTree {
    std::string folder;
    unsigned version = 2;
    bool memory = false, pids = false, cpu = false;
};
struct GroupPlace {
    std::vector<GroupTree> trees;
    bool counts(bool GroupTree::* resource) const noexcept;
};

// In the host's own group, or beside it: version 2 wants groups with processes to have none below that are counted.
std::optional<GroupPlace> group_place(const Machine& machine);
// Of this process, looked for once.
const std::optional<GroupPlace>& own_group_place();

// What is to be written to which of the group's files. `needed`: without it, the ceiling is none.
struct GroupLine {
    const char* file;
    std::string text;
    bool needed = true;
};
std::vector<GroupLine> group_lines(const GroupTree& tree, const Ceilings& ceilings);

// A group in each tree that has something to limit. Removed with the object, and whatever is in it ended. One thread at
// a time.
class Group {
public:
    // Without the trees that take no group, or not its ceilings: `trouble` says so. Nothing where none is left.
    static std::optional<Group> make(const GroupPlace& place, const Ceilings& ceilings, std::string& trouble);
    Group(Group&& other) noexcept = default;
    Group& operator=(Group&&) = delete;
    ~Group();

    // What a process of one thread writes "0" to, to be in the group from then on with all threads that it will have.
    // That it does so itself is for version 1: moving another process waits for the whole machine, some milliseconds.
    // Nothing for descriptors that cannot be had, with errno.
    std::optional<std::vector<base::Fd>> doors() const;
    // Whether the kernel has ended something in it, and memory was at its ceiling.
    bool ran_out_of_memory() const;
    std::vector<std::string> folders() const;

private:
    struct One {
        std::string folder;
        unsigned version;
    };
    Group() = default;
    // What is wrong; empty: nothing.
    std::string add(const GroupTree& tree, const std::vector<GroupLine>& lines);

    std::vector<One> all_;  // empty: moved from
};

}  // namespace tenon::sandbox
