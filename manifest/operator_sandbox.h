// What the operator says of workers' confinement: [sandbox] for all plugins, [plugins."id".sandbox] for one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/limits.h"
#include "manifest/location.h"

namespace tenon::manifest {

class TableReader;

// How far a plugin is trusted (docs/sandbox.md). All but trusted run confined, in a worker.
enum class Trust { trusted, standard, strict, locked };

struct OperatorSandbox {
    std::optional<Trust> level;
    std::optional<bool> allow_degraded;  // a layer that the machine does not have may be missing
    std::vector<std::string> without;    // layers that are left out: limits, privileges, namespaces, landlock, seccomp
    std::optional<bool> allow_private;   // what it may ask of the network may be at private addresses
    std::vector<std::string> grant;      // requests, as docs/permissions.md writes them; checked by who reads them
    std::vector<std::string> deny;       // "read:GLOB", "write:GLOB": goes before all that is granted
    Limits limits;                       // ceilings: memory, cpu, cpu_time, files, processes, file_size
    std::optional<Location> at;          // of the table; nothing: there is none
};

// The table `sandbox` under the parent, if it is there.
OperatorSandbox read_sandbox(TableReader& parent);

// The one's words where it has some, else the other's: each key by itself.
OperatorSandbox combine(const OperatorSandbox& special, const OperatorSandbox& general);

std::string_view to_string(Trust level);

}  // namespace tenon::manifest
