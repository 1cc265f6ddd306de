// What each attempt is held against: what it is to end with, which layers stop it, and what is to be seen from outside.
#pragma once

#include <functional>
#include <memory>

#include "tests/containment/prison.h"
#include "tests/support/machine_has.h"

namespace tenon::test {

inline constexpr std::uint32_t landlock = sandbox::layer_landlock;
inline constexpr std::uint32_t seccomp = sandbox::layer_seccomp;
inline constexpr std::uint32_t namespaces = sandbox::layer_namespaces;
inline constexpr std::uint32_t privileges = sandbox::layer_privileges;
inline constexpr std::uint32_t limits = sandbox::layer_limits;

// What an attempt is made on. Made anew for each run.
struct Stage {
    std::string argument{};
    // Evidence from outside: whether it came to pass. The worker is still there, unless the attempt has ended it.
    std::function<bool(const Answer&)> happened;
};

struct Attempt {
    std::string name;
    std::uint32_t stopped_by = 0;  // layers, each of which stops it by itself; 0: that cannot be seen
    int error = 0;                 // errno, with all layers
    bool wants_root = false;       // the kernel refuses it to ordinary users anyway
    int other_error = 0;           // not 0: without these layers it fails with this one, which shows that it was let in
    bool ends = false;             // success is the end of the worker: it is another program by then
    std::uint32_t also = 0;        // layers that are left out of all runs: they would end the attempt before its time
    std::uint32_t in_vain = 0;     // with these alone the call itself succeeds, but nothing comes of it
    Walls walls{};
};

// `layer`, where this machine's Landlock is of that version; else nothing.
std::uint32_t landlock_since(int version);
// `layer`, where the host is root's: giving that up is then what stops things.
std::uint32_t if_root(std::uint32_t layer);

// An attempt that needs `what` to succeed. Where this machine has none, that is said, and contained() sees only that
// the attempt is refused, and not which layers do that.
Attempt if_there(bool it, const std::string& what, Attempt attempt);

// With all layers it is refused, and nothing of it is to be seen. Without those that stop it, it succeeds, and is seen;
// with any one of them, it is refused again. The host lives, calls the worker, and has nothing left of it at the end.
void contained(const Attempt& attempt, const std::function<Stage(const Ground&, Prison&)>& stage);

// When the host has gone. What a worker left behind has become a child of this process: it is collected if it has
// ended, and missed if it has not.
bool nothing_is_left(const Holdings& before);

}  // namespace tenon::test
