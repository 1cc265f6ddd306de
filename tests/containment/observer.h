// Who runs the tests, and who looks: a process of another user cannot see what a worker has.
//
// With TENON_TEST_AS=user in the environment and root's rights, the program becomes the ordinary user `nobody` before
// main(). What it needs is then in a folder of that user's. A process that it left behind stays root, and looks into
// /proc when it is asked to; it changes nothing, and ends with this one.
#pragma once

#include <sys/types.h>

#include <string>

namespace tenon::test {

inline constexpr uid_t nobody = 65534;

// Whether the host is root's, and hence its worker until it gives that up.
bool as_root();

// Whether what workers have can be seen: by root, or as root stayed behind.
bool can_look();

// The plugin and the program of workers, where this user can read them.
const std::string& plugin_file();
const std::string& worker_file();
const std::string& languages_folder();

// As root sees them, cut at 64 KiB; empty: there is no such thing.
std::string look_at_file(const std::string& path);
std::string look_at_links(const std::string& folder);  // what each link in it leads to, one a line
std::string look_at_link(const std::string& path);

}  // namespace tenon::test
