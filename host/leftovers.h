// What killed processes have left behind: private folders of hosts that nobody ends any more.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace tenon::host {

// A folder of one host alone, which its process holds a lock on for as long as `lock` is open. The kernel gives the
// lock back when the process ends in whatever way; systemd-tmpfiles leaves alone what is locked.
struct PrivateFolder {
    std::string path;
    base::Fd lock;
};

// A new folder below `parent`, "tenon-host-" and six characters, mode 0700; `parent` is made if it does not exist.
// Where the file system knows no locks, it has none. Problem: "file.unwritable".
base::Result<PrivateFolder> make_private_folder(const std::string& parent);

// Removes the private folders below `parent` that are this user's and that nobody holds a lock on. What cannot be
// removed stays, silently. Any thread, also while others make folders.
void remove_leftovers(const std::string& parent) noexcept;

}  // namespace tenon::host
