// Where the control groups of this process are, from the lines of /proc/self/mountinfo and /proc/self/cgroup.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/machine.h"

namespace tenon::sandbox {

struct CgroupMounts {
    struct Legacy {
        std::string place;
        std::string root;     // of the hierarchy, that is mounted there
        std::string options;  // "rw,memory"
    };
    std::string unified;  // where version 2 is mounted; empty: nowhere
    std::string unified_root;
    std::vector<Legacy> legacy;  // version 1
};

CgroupMounts cgroup_mounts(std::string_view mountinfo);
// Of a list of names with a space between them, as the kernel writes it.
std::string_view first_line(std::string_view text);
bool lists_name(std::string_view line, std::string_view name);
// Nothing if neither version offers it to this process. Version 2 counts if the group's own list names it.
std::optional<Controller> controller_in(std::string_view name, const CgroupMounts& mounts, std::string_view groups);

}  // namespace tenon::sandbox
