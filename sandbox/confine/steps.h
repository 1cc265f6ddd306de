// The steps that confine a worker; start_order.cc has their order. Each puts on one thing, or sees that it holds.
#pragma once

#include "sandbox/confine/start.h"

namespace tenon::sandbox {

// private_copy.cc: nothing but 0 to 4 stays open; the folder of the copy is opened while it can be.
base::Check close_the_rest(Start& start);
base::Check open_private_copy(Start& start);

// limits.cc
base::Check join_groups(Start& start);  // their descriptors are closed with the rest
base::Check limit_resources(Start& start);
base::Check limit_tasks(Start& start);  // once there is a user namespace of its own

// namespaces.cc
base::Check leave_namespaces_as_root(Start& start);
base::Check leave_namespaces(Start& start);

// privileges.cc
base::Check drop_root(Start& start);
base::Check drop_capabilities(Start& start);
base::Check die_with_the_host(Start& start);  // again: a change of user takes the wish back
base::Check hide_memory(Start& start);
base::Check forbid_new_privileges(Start& start);

// libraries.cc: as an ordinary user, but before files are out of reach.
base::Check find_libraries(Start& start);

// landlock.cc
base::Check confine_files(Start& start);

// metadata.cc: the one before calls are filtered, the other when all else is done, so that its thread is bound as well.
base::Check answer_metadata(Start& start);
base::Check begin_clerk(Start& start);
base::Check wait_for_clerk(Start& start);  // tables of descriptors, and so their ceiling, are one from then on

// seccomp.cc
bool hides_metadata(const Start& start) noexcept;  // of files that the plugin may not open
base::Check filter_calls(Start& start);
base::Check forbid_new_code(Start& start);

// canaries.cc
base::Check see_limits_hold(Start& start);
base::Check see_privileges_gone(Start& start);
base::Check see_network_gone(Start& start);
base::Check see_files_refused(Start& start);
base::Check see_calls_refused(Start& start);
base::Check see_metadata_refused(Start& start);  // not later: then the answers may be the plugin's
base::Check see_second_filter(Start& start);
base::Check see_new_code_refused(Start& start);

}  // namespace tenon::sandbox
