// Files by their path, and by no link on the way to them.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"
#include "base/problem.h"

namespace tenon::sandbox::broker {

// openat2 follows the whole path, which path_fault() finds nothing wrong with, in one go, and refuses every link on it,
// not only behind the fixed part of a glob: a folder of the fixed part may be in a plugin's hands by another grant.
// A descriptor, which is close-on-exec, or closed with errno.
base::Fd open_without_links(const std::string& path, int flags, std::uint64_t mode = 0);

// The name by which the file itself is opened, or connected to, that a descriptor holds (O_PATH).
std::string name_of(const base::Fd& held);

// Of open_without_links(). Problems: "broker.not-found", "broker.exists", "broker.link", "broker.not-a-file",
// "broker.io".
base::Problem cannot_open(const std::string& path, int error);

}  // namespace tenon::sandbox::broker
