// A control group of version 2 for one worker: what it takes of the machine as a whole, which limits of processes do
// not count. Used where this user may make groups; elsewhere the limits of processes stand alone.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/machine.h"
#include "sandbox/policy.h"

namespace tenon::sandbox {

// Where groups for workers can be made, and what is counted there.
struct GroupPlace {
    std::string folder;
    bool memory = false, pids = false, cpu = false;
};

// In the host's own group, or beside it: version 2 wants groups with processes to have none below that are counted.
std::optional<GroupPlace> group_place(const Machine& machine);
// Of this process, looked for once.
const std::optional<GroupPlace>& own_group_place();

// What is to be written to which of the group's files.
struct GroupLine {
    const char* file;
    std::string text;
};
std::vector<GroupLine> group_lines(const GroupPlace& place, const Ceilings& ceilings);

// Removed with the object, and whatever is in it ended. One thread at a time.
class Group {
public:
    // Nothing where the kernel takes no group or not all of its ceilings.
    static std::optional<Group> make(const GroupPlace& place, const Ceilings& ceilings);
    Group(Group&& other) noexcept;
    Group& operator=(Group&&) = delete;
    ~Group();

    // With all threads that it has, and those that it will have. False with errno.
    bool take_in(pid_t process) const noexcept;
    const std::string& folder() const noexcept { return folder_; }

private:
    explicit Group(std::string folder) noexcept : folder_(std::move(folder)) {}
    bool set(const GroupPlace& place, const Ceilings& ceilings) const;

    std::string folder_;  // empty: moved from
};

}  // namespace tenon::sandbox
