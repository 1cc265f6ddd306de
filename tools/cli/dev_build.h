// Runs the command that builds the plugins.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "tools/cli/dev_stop.h"

namespace tenon::cli {

struct Built {
    bool stopped = false;   // the user ended it
    base::Check problem{};  // "dev.build-failed", "dev.build-not-started"
    std::uint64_t ns = 0;   // it took
};

// Runs the command in the current folder until it ends; it writes to our standard output and standard error (with
// `quiet`, to standard error alone) and reads nothing. It has a process group of its own: when `stop` comes, all of it
// is asked to end, and killed after 2 s.
Built run_build(const std::vector<std::string>& command, StopSignal& stop, bool quiet);

}  // namespace tenon::cli
