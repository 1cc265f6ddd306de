// What a manifest says about others: contracts, plugins, hosts, the system.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manifest/location.h"
#include "manifest/range.h"
#include "manifest/version.h"

namespace tenon::manifest {

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
    std::vector<std::string> features;  // "avx2", "landlock", ...: names of System::features
};

}  // namespace tenon::manifest
