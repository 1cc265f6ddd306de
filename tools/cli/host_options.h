// What the commands that need a host say about it, and such a host.
#pragma once

#include <cstdint>
#include <string>
#include <tenon/host.hpp>
#include <vector>

#include "base/problem.h"
#include "tools/cli/json.h"

namespace tenon::cli {

struct HostOptions {
    std::vector<std::string> paths;      // folders of plugins, and single plugins
    std::vector<std::string> contracts;  // modules of contracts that the host is to offer
    std::string host;                    // "ID" or "ID=VERSION" of the application that the plugins are for; or empty
    std::string duplicates = "refuse";   // refuse, newest, pinned
    std::vector<std::string> pins;       // "NAME=CHOICE"
    std::string cache;                   // a file; empty: none
    std::string store;                   // of plugins' health; empty: none
    std::string operator_file;           // docs/operator.md; empty: none
    std::string workers;                 // "all", "none" or "ID,ID"; empty: where the manifests say
    std::string trust;                   // "trusted", "standard", "strict" or "locked"; empty: as usual
    bool json = false;
    bool no_color = false;
    bool development = false;  // new builds of the plugins are reloaded when they appear, and trusted soon
};

// What is wrong with the value of --host; empty if nothing is.
std::string fault_of_host(const std::string& value);

// What is wrong with a value of --pin; empty if nothing is.
std::string fault_of_pin(const std::string& value);

// What is wrong with the value of --workers; empty if nothing is.
std::string fault_of_workers(const std::string& value);

// What is wrong with the value of --trust; empty if nothing is.
std::string fault_of_trust(const std::string& value);

// How far the host trusts plugins that the operator says nothing of: TENON_TRUST_...
std::uint32_t usual_trust(const HostOptions& options);

// The ids in it.
std::vector<std::string> ids_in_workers(const std::string& value);

struct OfferedContract {
    std::string id;
    std::string version;
    std::string file;
};

Json to_json(const OfferedContract& contract);

// A host that has the contracts, and the paths that are left to look into.
struct Equipped {
    tenon::Host host;
    std::vector<OfferedContract> contracts;
    std::vector<std::string> paths;
    base::Problems problems;  // of paths and contracts
};

// `check`: the host looks for violations of the ABI. Its log lines go to standard error as they come. Throws
// tenon::Error when there is no host to be had. Problems: those of select() and tenon_host_offer.
Equipped equip(const HostOptions& options, bool check);

// "load.no-plugins"
base::Problem no_plugins();

}  // namespace tenon::cli
