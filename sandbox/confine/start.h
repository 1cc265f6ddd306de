// A worker on its way to being confined: what it is to be bound by, and what the steps found out for each other.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sandbox/confine/marks.h"
#include "sandbox/machine.h"
#include "sandbox/policy.h"

namespace tenon::sandbox {

// Of one thread.
struct Start {
    Policy policy;
    Machine machine;      // look_at_kernel() will do
    pid_t parent = 0;     // the host
    int groups = 0;       // control groups to join: so many descriptors from first_door on
    std::string library;  // the private copy. A step may change it to another path of the same file
    std::string origin;   // for messages

    // From here on of the steps.
    base::Fd folder;                     // of the private copy
    std::vector<std::string> libraries;  // files that loading it will read
    bool own_user_namespace = false;
    bool own_network = false;   // and IPC, and host name
    std::uint32_t applied = 0;  // layers
    Marks marks{};              // of the second filter

    bool has(Layer layer) const noexcept { return (applied & layer) != 0; }
};

using Step = base::Check (*)(Start& start);

// Everything up to the moment before the plugin is loaded. The process must have one thread, and only descriptors 0 to
// 4, and those of the groups. Whatever it returns, the process is not what it was: on a problem it must not load the
// plugin. Problems: "sandbox.missing-feature", "sandbox.layer-failed", "sandbox.canary".
base::Check before_the_plugin(Start& start);
// The rest, on any thread, when the plugin is loaded: from then on no code can be added. Until then its constructors
// could map files as code, privately, but nothing that they had written in memory. They cannot keep the rest from being
// put on unseen by filters of their own; they could by changing what this process does, which is theirs as well, and
// would gain no more by it than the first part allows. The same problems.
base::Check after_the_plugin(Start& start);

// A layer that the machine has, and that could not be put on. `error`: an errno.
base::Problem layer_failed(const Start& start, Layer layer, const char* what, int error, const char* fix);
// Something was possible that the layer forbids.
base::Problem canary_lives(const Start& start, Layer layer, const std::string& what);

}  // namespace tenon::sandbox
