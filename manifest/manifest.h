// What a plugin says about itself in its TOML manifest. docs/manifest.md describes the format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "manifest/location.h"
#include "manifest/range.h"
#include "manifest/version.h"

namespace tenon::manifest {

// The most bytes that a manifest, and an id, may have.
inline constexpr std::size_t max_manifest_size = 64 * 1024;
inline constexpr std::size_t max_id_size = 63;

// A contract that the plugin is built against.
struct ContractUse {
    std::string id;
    Range range;
    bool optional_tail = false;  // fields that the host does not know may stay unread
    Location at;
};

// Another plugin that must, or (optional) may, start before this one.
struct Dependency {
    std::string id;
    Range range;
    bool optional = false;
    Location at;
};

// Another plugin, or a host, and the versions that are meant: [conflicts], [replaces], [hosts].
struct Relation {
    std::string id;
    Range range;
    Location at;
};

// Another plugin's id for which this one stands in, and as which version: [provides].
struct Provision {
    std::string id;
    Version version;
    Location at;
};

// What the system must be: [platform].
struct Platform {
    std::vector<std::string> systems;   // "linux-x86_64"; empty: whatever the library was built for
    std::optional<Version> glibc;       // the least; "2.31" is 2.31.0
    std::vector<std::string> features;  // names of loader::System
};

// A hook that the plugin handles. Of the handlers of a hook, the one with the higher priority runs first.
struct HookUse {
    std::string contract;  // one of Manifest::contracts
    std::string name;
    std::int32_t priority = 0;
    Location at;
};

// A plain value, no thread rules. Lists are in the order of the file.
struct Manifest {
    std::string id;  // reverse-DNS: "org.tenon.markdown"
    std::string name;
    std::string description;
    std::string license;
    std::vector<std::string> authors;
    Version version;
    std::optional<std::uint32_t> abi;  // major
    std::vector<ContractUse> contracts;
    std::vector<Dependency> dependencies;
    std::vector<Relation> conflicts;
    std::vector<Relation> replaces;
    std::vector<Provision> provides;
    std::vector<Relation> hosts;  // the ids of applications; empty: any
    Platform platform;
    std::vector<HookUse> hooks;
};

// Either a manifest, or at least one problem; in the order of the file, at most 100 and one that counts the rest.
struct Parsed {
    std::optional<Manifest> manifest;
    base::Problems problems;
};

// Reads a manifest from bytes of any origin. `file` is the name that problems begin with ("FILE:LINE:COLUMN: key:
// what"); a manifest embedded in a library goes by that library's path. Keeps nothing of both views. Any thread.
Parsed parse_manifest(std::string_view toml, std::string_view file);

// Whether the text has the form of an id: two or more parts of [a-z0-9-] joined by dots, at most max_id_size bytes.
bool is_id(std::string_view text);

}  // namespace tenon::manifest
