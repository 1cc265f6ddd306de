// The walk through a folder and those below it, which finds files by their names. Inside loader/ only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace tenon::loader {

struct WalkLimits {
    std::uint32_t depth = 0;
    std::uint32_t entries = 0;
};

struct Walked {
    base::Fd root;                   // not open if the folder cannot be
    std::vector<std::string> names;  // of regular files that look like libraries, relative to the root; sorted
    base::Problems problems;         // "scan...."
    bool complete = true;            // all that is there was met, down to the limit of depth
};

// `folder` begins each path in the problems; it has no slash at its end, "" is the root of the file system.
Walked walk(const std::string& folder, const WalkLimits& limits);

base::Problem unreadable_folder(const std::string& path, int error);
// The problem of a name below an open folder that cannot be asked for its facts, for errno.
base::Problem why_not(const base::Fd& root, const std::string& name, const std::string& path, int error);
base::Problem not_regular(const std::string& path);

}  // namespace tenon::loader
