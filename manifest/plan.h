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
    const Manifest* manifest = nullptr;  // never null in a call
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
    std::vector<Provision> provides{};
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

// Which of several candidates that claim one name (a plugin id, a contract, a service, a SONAME) starts. Names are
// settled in that order, and a file that was superseded makes no further claims. Files of one id dispute the id alone;
// plugins that describe a service in the same contract dispute the contract.
enum class Duplicates {
    refuse,  // none of them
    newest,  // the highest version of the plugin or contract; none where that does not decide (a tie, the other names).
             // Who is refused already does not compete: a broken newer file leaves the sound older one alone
    pinned,  // the one that a pin chooses; none where there is no pin
};

// `choice` is a version of the plugin, the path of its file, or, for other names than plugin ids, a plugin's id. Pins
// hold under every policy, but only where several claim the name; the first pin of a name counts. Where a pin fits
// several, the policy decides among these.
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

// Every candidate is either in `order` once, or it came with a fault or has a refusal at least.
struct Plan {
    std::vector<std::size_t> order;  // indices of candidates: start them one after the other
    std::vector<Refusal> refusals;   // by id, then path; those that a candidate came with are not repeated
    std::vector<Link> links;         // between candidates of `order`, in that order
};

// A plugin starts after the plugins that it depends on, and after those that offer a contract it uses; among the free
// ones the smallest id goes first, so that the same files give the same plan, in whatever order they were found.
// An optional dependency, or what the host or an active plugin meets as well, orders only: it never refuses, and gives
// way where it would close a circle. So does one of several that meet a need, as long as another one of them starts
// first. What a plugin offers or provides itself, it does not wait for.
//
// The waves of refusals; within a wave, one refusal never hides another:
// 1. Faults, what the system lacks, duplicates (a file for another system claims no name), active ids, needs that
//    nobody meets, circles, and in turn those that need a refused candidate. A need fails when all that would meet it
//    are refused. Who is left is sound.
// 2. Whom a sound candidate replaces, by its own id and version. A sound replacer replaces even if the third wave
//    refuses it, and two that replace each other are both refused: otherwise the plan would depend on who is asked
//    first.
// 3. Who declares a conflict with a sound candidate that nobody replaces, unless it replaces that one itself, or with
//    an active plugin; by the other's id or one that it provides. Then in turn those that need a candidate of wave 2 or
//    3.
//
// Problems: "plan.platform", "plan.glibc", "plan.host", "plan.feature", "plan.already-active", "plan.duplicate-id",
// "plan.duplicate-contract", "plan.duplicate-service", "plan.duplicate-soname", "plan.superseded",
// "plan.pin-unmatched", "plan.dependency-missing", "plan.dependency-version", "plan.dependency-refused",
// "plan.contract-missing", "plan.contract-version", "plan.contract-refused", "plan.cycle", "plan.replaced",
// "plan.conflict".
// Takes time in proportion to the input and the links: a name is looked up once for each range that is asked of it,
// and only the first missing names get a suggestion. Does not recurse. Any thread.
Plan make_plan(std::span<const Candidate> candidates, const Surroundings& around);

}  // namespace tenon::manifest
