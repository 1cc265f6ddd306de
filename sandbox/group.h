// Control groups for one worker: what it takes of the machine as a whole, which limits of processes do not count. Used
// where this user may make groups, of either version; elsewhere the limits of processes stand alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "sandbox/machine.h"
#include "sandbox/policy.h"

namespace tenon::sandbox {

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
    // Nothing where there is nothing to limit, or the kernel takes not all of the groups and their ceilings.
    static std::optional<Group> make(const GroupPlace& place, const Ceilings& ceilings);
    Group(Group&& other) noexcept = default;
    Group& operator=(Group&&) = delete;
    ~Group();

    // What a process of one thread writes "0" to, to be in the group from then on with all threads that it will have.
    // That it does so itself is for version 1: moving another process waits for the whole machine, some milliseconds.
    // Nothing for descriptors that cannot be had, with errno.
    std::optional<std::vector<base::Fd>> doors() const;
    // Whether the kernel has ended something in it because memory was at its ceiling.
    bool ran_out_of_memory() const;
    std::vector<std::string> folders() const;

private:
    struct One {
        std::string folder;
        unsigned version;
    };
    Group() = default;
    bool add(const GroupTree& tree, const std::string& name, const std::vector<GroupLine>& lines);

    std::vector<One> all_;  // empty: moved from
};

}  // namespace tenon::sandbox
