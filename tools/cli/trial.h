// One round of a host: offer, load, start, stop, unload.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.h"
#include "tools/cli/selection.h"

namespace tenon::cli {

// How a plugin fared.
struct Tried {
    std::string id;  // empty when the manifest could not be read
    std::string version;
    std::string path;
    std::string state;      // after loading: "active", "failed", ...
    base::Problem refusal;  // with an empty id: none
    std::uint64_t microseconds = 0;
    bool active = false;
    bool unmapped = false;      // it was unloaded, and nothing of it is in memory
    base::Problem left_mapped;  // with an empty id: none
};

struct OfferedContract {
    std::string id;
    std::string version;
    std::string file;
};

struct Trial {
    std::vector<OfferedContract> contracts;
    std::vector<Tried> plugins;  // in the order in which they started, behind them the refused ones
    base::Problems problems;     // of paths and contracts
    std::uint64_t violations = 0;
};

// Runs the plugins' code in this process, in a host that looks for violations of the ABI; log lines go to standard
// error as they come. Throws tenon::Error when there is no host to be had.
// Problems: those of the selection, of tenon_host_offer and tenon_host_load, and "load.no-plugins".
Trial try_out(Selection selection);

}  // namespace tenon::cli
