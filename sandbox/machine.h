// What this machine can enforce of a policy, for this user and this process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sandbox/policy.h"

namespace tenon::sandbox {

// A control group of this process, for one kind of resource.
struct Controller {
    std::string name;       // "memory", "pids" or "cpu"
    unsigned version = 0;   // 1 or 2
    std::string folder;     // of the group that this process is in
    bool writable = false;  // groups can be made below it
};

// A plain value; a test may change any of it.
struct Machine {
    std::string kernel;                   // "6.1.0-18-amd64"
    uid_t uid = 0;                        // effective
    unsigned landlock_abi = 0;            // 0: there is none
    int landlock_error = 0;               // then why, an errno
    bool seccomp = false;                 // filters
    bool user_namespaces = false;         // this user may have one
    bool namespaces = false;              // this user may have a network, an IPC and a host name of its own
    unsigned cgroup_version = 0;          // the newest one that is mounted, 1 or 2; 0: none
    std::vector<Controller> controllers;  // those of the three that there are, a name once
};

// Asks the kernel; changes nothing. The namespaces are really made, in two short-lived processes that share the
// memory of this one: about a millisecond. Any thread.
Machine look_at_machine();
// The same without the namespaces, which are not there then, and without the controllers: a few system calls.
Machine look_at_kernel();

// The control groups only.
Machine look_at_groups();

// Layer bits of what cannot be had here.
std::uint32_t missing_layers(const Machine& machine);

// Why a worker cannot be bound by the policy on this machine: "sandbox.missing-feature", unless the policy allows it.
// Namespaces are used where they are allowed, and refuse nothing: Landlock and seccomp stand for them.
base::Check can_enforce(const Policy& policy, const Machine& machine);

}  // namespace tenon::sandbox
