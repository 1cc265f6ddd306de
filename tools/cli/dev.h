// tenon dev: builds plugins, loads them, and reloads what a change of their sources makes of them.
#pragma once

#include <string>
#include <vector>

#include "tools/cli/host_options.h"

namespace tenon::cli {

struct DevOptions : HostOptions {  // `paths`: where the plugins are found; empty: in `folder`
    std::string folder;            // of the sources
    std::string plugins;           // where the libraries appear; empty: `folder`
    std::vector<std::string> command;
    bool once = false;
};

// Prints to standard output what was built, loaded and reloaded, as it happens; with `json` the records of reloads
// alone, and all else to standard error. Returns an ExitCode, when SIGINT or SIGTERM comes; with `once`, when
// everything is loaded. Throws tenon::Error when there is no host to be had.
int dev(const DevOptions& options);

}  // namespace tenon::cli
