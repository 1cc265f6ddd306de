// What a worker may do, and how much of the machine it may take. Whatever is not named here it may not do. The host
// makes a policy out of what the manifest asks for, what was granted and what the operator says; the worker binds
// itself by it before anything of the plugin runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tenon::sandbox {

// docs/sandbox.md says what each of them means.
enum class Level : std::uint32_t {
    trusted,   // not confined: it can do what the host's user can
    standard,  // confined; what needs the host's help is asked of the broker
    strict,    // the same with lower ceilings, and nothing of the system but what its own libraries need
    locked,    // it computes, and nothing else: nothing that is granted counts
};

// What confines a worker, one part independent of the others. A bit each.
enum Layer : std::uint32_t {
    layer_limits = 1,      // setrlimit
    layer_privileges = 2,  // no uid 0, no capabilities, no new ones, not dumpable
    layer_namespaces = 4,  // network, IPC and host name of its own, where the machine allows it
    layer_landlock = 8,    // files; and with newer kernels signals and abstract sockets
    layer_seccomp = 16,    // system calls
};
inline constexpr std::uint32_t all_layers = 31;

struct PathRule {
    std::string path;    // absolute, without "." and ".."; need not exist
    bool write = false;  // also create, remove and rename below it; else only read and list
    bool tree = false;   // with all that is below
};

// 0: no ceiling of this kind.
struct Ceilings {
    std::uint64_t memory_bytes = 512u << 20;  // of addresses (RLIMIT_AS)
    std::uint64_t cpu_seconds = 0;            // of processor time, until the kernel ends the worker
    std::uint64_t cpu_percent = 0;            // of one processor, where there are control groups
    std::uint64_t descriptors = 256;
    std::uint64_t tasks = 64;  // threads
    std::uint64_t file_bytes = 64u << 20;
};

struct Policy {
    Level level = Level::trusted;
    std::vector<PathRule> paths;
    std::vector<std::string> environment;  // "NAME=value": all of it
    Ceilings ceilings;
    // Layers that the operator wants left out; and whether one that the machine does not have may be missing.
    std::uint32_t without = 0;
    bool allow_degraded = false;

    bool confines() const noexcept { return level != Level::trusted; }
};

std::string_view to_string(Level level);
std::string_view to_string(Layer layer);
std::optional<Level> level_named(std::string_view name);
std::optional<Layer> layer_named(std::string_view name);

std::string encode(const Policy& policy);
// Nothing if these are no bytes of encode().
std::optional<Policy> decode_policy(std::string_view bytes);

}  // namespace tenon::sandbox
