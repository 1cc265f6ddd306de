// Files and folders, with errors in words. All functions may be called on any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace tenon::base {

// Opens a regular file for reading, close-on-exec; never blocks on a FIFO or device: those are refused.
// Problems: "file.unreadable", "file.not-regular".
Result<Fd> open_regular(const std::string& path);

// The same for `name`, relative to an open folder; problems name it by `path`.
Result<Fd> open_regular_at(const Fd& folder, const std::string& name, const std::string& path);

// All bytes of an open file, from its start, at most `limit`. Problems: "file.too-large", "file.unreadable".
Result<std::string> read_all(const Fd& fd, const std::string& path, std::uint64_t limit);

// open_regular and read_all.
Result<std::string> read_file(const std::string& path, std::uint64_t limit);

// Creates or replaces a file that only its owner may write. Problem: "file.unwritable".
Check write_file(const std::string& path, std::string_view bytes);

// Puts a new file, mode 0600, into the place of `path` by renaming: whoever reads has the old bytes or the new ones,
// and of several writers one wins. Not synced to the disk. Problem: "file.unwritable".
Check replace_file(const std::string& path, std::string_view bytes);

// The entries of a folder by name, sorted, without "." and "..". Problem: "file.unreadable".
Result<std::vector<std::string>> list_folder(const std::string& path);

bool is_folder(const std::string& path);

// Makes the folder and its parents, mode 0700. Problem: "file.unwritable".
Check make_folder(const std::string& path);

// A new folder below `parent` with a unique name, mode 0700. Problem: "file.unwritable".
Result<std::string> make_unique_folder(const std::string& parent, std::string_view prefix);

// Removes a file, or a folder with all that is in it; links are removed, not followed. Errors are ignored.
void remove_tree(const std::string& path) noexcept;

// $TMPDIR, or /tmp.
std::string temporary_folder();

}  // namespace tenon::base
