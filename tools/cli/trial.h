// One round of a host: offer, load, start, stop, unload.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.h"
#include "tools/cli/host_options.h"
#include "tools/cli/report_row.h"

namespace tenon::cli {

struct TrialOptions : HostOptions {
    std::string statistics;  // "table", "json" or "prometheus"; empty: not wanted
};

// How a plugin fared.
struct Tried {
    ReportRow row;
    bool active = false;
    bool unmapped = false;      // it was unloaded, and nothing of it is in memory
    base::Problem left_mapped;  // with an empty id: none

    // Nothing is left, or what the manifest asked for.
    bool left_as_wished() const { return unmapped || left_mapped.id == "unmap.kept"; }
};

struct Trial {
    std::vector<OfferedContract> contracts;
    std::vector<Tried> plugins;  // in the order in which they started, behind them the refused ones
    base::Problems problems;     // of paths and contracts
    std::uint64_t violations = 0;
    std::uint32_t usual_trust = 0;  // TENON_TRUST_...
    std::string statistics;         // of all handlers, before they were unloaded; empty if not wanted
};

// Runs the plugins' code, in this process or in workers, in a host that looks for violations of the ABI; log lines go
// to standard error as they come. Throws tenon::Error when there is no host to be had. Problems: those of select(), of
// tenon_host_offer and tenon_host_load, "load.no-plugins" and "load.no-such-plugin".
Trial try_out(const TrialOptions& options);

}  // namespace tenon::cli
