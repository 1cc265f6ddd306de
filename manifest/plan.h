// Who starts, and in which order.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/problem.h"
#include "manifest/manifest.h"

namespace tenon::manifest {

// A contract that somebody offers.
struct Offer {
    std::string contract;
    Version version;
    std::string by;                       // a plugin's id; empty: the host
    std::vector<std::string> services{};  // ids of the services that it describes
};

// A plugin that wants to start, and what its file says. The manifest is borrowed for the call.
struct Candidate {
    const Manifest* manifest = nullptr;
    std::string path;
    std::vector<Offer> offers;     // contracts that this plugin offers itself; their `by` is not read
    std::string platform;          // what the library was built for, "linux-x86_64"; empty: not known
    std::optional<Version> glibc;  // the newest that its symbols need
    std::string soname;            // empty: none
    base::Problems faults;         // what is known to be wrong already: it will not start
};

// A plugin that is active already.
struct Present {
    std::string id;
    Version version;
};

// Where the plugins are to run. What is not known is not judged.
struct System {
    std::string platform;          // "linux-x86_64"
    std::optional<Version> glibc;  // that runs
    std::string host;              // the application's id; empty: not known
    std::optional<Version> host_version;
    std::vector<std::string> features;  // that it has
    bool features_known = false;
};

// Which of several candidates that claim one name (a plugin id, a contract, a service, a SONAME) starts.
enum class Duplicates {
    refuse,  // none of them
    newest,  // the highest version of the plugin or contract; none where that does not decide
    pinned,  // the one that a pin chooses; none where there is no pin
};

// `choice` is a version of the plugin, the path of its file, or, for other names than plugin ids, a plugin's id. Pins
// hold under every policy.
struct Pin {
    std::string name;
    std::string choice;
};

struct Policy {
    Duplicates duplicates = Duplicates::refuse;
    std::vector<Pin> pins;
};

// What there is beside the candidates. All is borrowed for the call.
struct Surroundings {
    std::span<const Offer> offers;  // of the host, and of active plugins (`by`)
    std::span<const Present> present;
    System system;
    Policy policy;
};

// `candidate` is an index into the candidates. A candidate can have several.
struct Refusal {
    std::size_t candidate;
    base::Problem problem;
};

// Why a candidate starts after another one.
struct Link {
    std::size_t candidate;  // starts after
    std::size_t provider;   // this one
    std::string what;       // "dependency org.b ^2", "contract org.c ^1"
    bool required = true;   // false: for the order only
};

// Every candidate is either in `order` once, or has a refusal at least.
struct Plan {
    std::vector<std::size_t> order;  // indices of candidates: start them one after the other
    std::vector<Refusal> refusals;   // by id, then path; those that a candidate came with are not repeated
    std::vector<Link> links;         // between candidates of `order`, in that order
};

// A plugin starts after the plugins that it depends on, and after those that offer a contract it uses; among the free
// ones the smallest id goes first, so that the same files give the same plan, in whatever order they were found.
// An optional dependency, or the offer of a contract that the host offers as well, orders only: it never refuses, and
// gives way where it would close a circle. docs/manifest.md has the rules of conflicts, provides and replaces.
// Problems: "plan.already-active", "plan.duplicate-id", "plan.dependency-missing", "plan.dependency-version",
// "plan.dependency-refused", "plan.contract-missing", "plan.contract-version", "plan.contract-refused", "plan.cycle".
// Takes time in proportion to the input, but for the search of a name that resembles a missing one. Any thread.
Plan make_plan(std::span<const Candidate> candidates, const Surroundings& around);

}  // namespace tenon::manifest
