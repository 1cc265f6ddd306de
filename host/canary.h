// Trying a plugin before it is let into this process: a helper process, the canary, loads, starts, stops and unloads it
// in a host of its own. Whatever its constructors or its life-cycle functions do, this process only reads about it. The
// helper is no sandbox: it runs with all rights of this process.
#pragma once

#include <tenon/describe.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace tenon::host {

struct CanaryTask {
    std::string helper;   // path of tenon-canary
    std::string library;  // the plugin to try
    // Libraries of the plugins that it needs, in the order in which they start. They are started in the helper, too.
    std::vector<std::string> before;
    // What the application offers itself: its contracts, one after the other (Host::offered_records). Services that it
    // provides are described there, but nobody answers them.
    std::vector<tenon_record> contracts;
    std::string host_id;                        // of the application, for [hosts] of manifests; empty: not judged
    std::string host_version;                   // semver; only with an id
    std::uint64_t timeout_ns = 10'000'000'000;  // for all of it; UINT64_MAX: none
};

// Blocks until the helper has ended and is collected, whatever became of it, and leaves no process of its process group
// behind, no descriptor and no file. Any thread; the helper dies with the thread that calls. SIGCHLD is sent as for any
// child; an application that collects all its children may take away the helper's status, and then its answers decide.
// The helper inherits environment, working folder, limits and signals; its output is kept for the problem's text.
// Problems: "canary.crashed", "canary.exited", "canary.hung", "canary.refused", "canary.garbled", "canary.unavailable".
base::Check try_in_canary(const CanaryTask& task);

// The helper that belongs to a libtenon at `library`: tenon/tenon-canary in its folder; empty if there is none.
std::string canary_beside(const std::string& library);

// The helper beside the library, or the program, that this code is in; empty if there is none.
std::string default_canary();

}  // namespace tenon::host
