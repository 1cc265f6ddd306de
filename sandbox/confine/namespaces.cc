// A network, an IPC and a host name of its own: nothing is in them. They are used where the machine allows it: root may
// make them at once, anybody else in a user namespace of his own. That one is made for root's workers too, when they
// are nobody's already, because only there tasks are counted for each worker (limits.cc). No identities are mapped into
// it, so that files that are made belong to whom they belonged before.
#include <sched.h>
#include <unistd.h>

#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

constexpr int own_things = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;

}  // namespace

base::Check leave_namespaces_as_root(Start& start) {
    if (::geteuid() == 0) start.own_network = ::unshare(own_things) == 0;
    return {};
}

base::Check leave_namespaces(Start& start) {
    if (::geteuid() != 0) start.own_user_namespace = ::unshare(CLONE_NEWUSER) == 0;
    if (!start.own_network) start.own_network = ::unshare(own_things) == 0;
    return {};
}

}  // namespace tenon::sandbox
