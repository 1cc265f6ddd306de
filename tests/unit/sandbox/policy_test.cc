// Policies and machines: bytes and names, and what a machine without a feature means for a policy.
#include "sandbox/policy.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/cgroup_lines.h"
#include "sandbox/machine.h"
#include "tests/support/catch.h"

using namespace tenon::sandbox;

namespace {

Policy full_policy() {
    Policy policy;
    policy.level = Level::strict;
    policy.paths = {{"/srv/books", true, true}, {"/etc/hosts", false, false}};
    policy.environment = {"LANG=C.UTF-8", "EMPTY="};
    policy.ceilings = {1, 2, 6, 3, 4, 5};
    policy.without = layer_namespaces | layer_limits;
    policy.allow_degraded = true;
    return policy;
}

Machine good_machine() {
    Machine machine;
    machine.kernel = "6.1.0";
    machine.landlock_abi = 2;
    machine.seccomp = machine.namespaces = machine.user_namespaces = true;
    return machine;
}

Policy strict() {
    Policy policy;
    policy.level = Level::strict;
    return policy;
}

}  // namespace

TEST_CASE("a policy comes out of its bytes as it went in") {
    const Policy policy = full_policy();
    const std::optional<Policy> again = decode_policy(encode(policy));
    REQUIRE(again);
    CHECK(again->level == Level::strict);
    REQUIRE(again->paths.size() == 2);
    CHECK(again->paths[0].path == "/srv/books");
    CHECK((again->paths[0].write && again->paths[0].tree));
    CHECK(again->paths[1].path == "/etc/hosts");
    CHECK_FALSE((again->paths[1].write || again->paths[1].tree));
    CHECK(again->environment == policy.environment);
    CHECK(again->ceilings.memory_bytes == 1);
    CHECK(again->ceilings.cpu_seconds == 2);
    CHECK(again->ceilings.cpu_percent == 6);
    CHECK(again->ceilings.descriptors == 3);
    CHECK(again->ceilings.tasks == 4);
    CHECK(again->ceilings.file_bytes == 5);
    CHECK(again->without == (layer_namespaces | layer_limits));
    CHECK(again->allow_degraded);
}

TEST_CASE("bytes that are no policy are none") {
    const std::string bytes = encode(full_policy());
    CHECK_FALSE(decode_policy(""));
    CHECK_FALSE(decode_policy(bytes + "x"));
    for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(decode_policy(bytes.substr(0, size)));
    std::string unknown_level = bytes;
    unknown_level[0] = 4;
    CHECK_FALSE(decode_policy(unknown_level));
    std::string unknown_layer = bytes;
    unknown_layer[4] = 32;
    CHECK_FALSE(decode_policy(unknown_layer));
}

TEST_CASE("levels and layers have names, and are found by them") {
    for (const Level level : {Level::trusted, Level::standard, Level::strict, Level::locked})
        CHECK(level_named(to_string(level)) == level);
    for (const Layer layer : {layer_limits, layer_privileges, layer_namespaces, layer_landlock, layer_seccomp})
        CHECK(layer_named(to_string(layer)) == layer);
    CHECK(to_string(Level::locked) == "locked");
    CHECK(to_string(layer_seccomp) == "seccomp");
    CHECK_FALSE(level_named("Strict"));
    CHECK_FALSE(layer_named(""));
}

TEST_CASE("a strict policy is refused where there is no Landlock, with what was found and what to do") {
    Machine machine = good_machine();
    CHECK_FALSE(can_enforce(strict(), machine));
    machine.landlock_abi = 0;
    machine.landlock_error = EOPNOTSUPP;
    CHECK(missing_layers(machine) == layer_landlock);
    const tenon::base::Check problem = can_enforce(strict(), machine);
    REQUIRE(problem);
    CHECK(problem->id == "sandbox.missing-feature");
    CHECK(problem->text ==
          "files: the layer landlock needs Landlock (Linux 5.13), and Linux 6.1.0 here has none: Operation not "
          "supported");
    CHECK(problem->fix ==
          "Start the kernel with landlock in its parameter lsm=, or let the operator say allow_degraded.");
    machine.landlock_error = ENOSYS;
    CHECK(can_enforce(strict(), machine)->fix ==
          "Use a kernel that is built with Landlock, or let the operator say allow_degraded.");
}

TEST_CASE("a strict policy is refused where system calls cannot be filtered") {
    Machine machine = good_machine();
    machine.seccomp = false;
    const tenon::base::Check problem = can_enforce(strict(), machine);
    REQUIRE(problem);
    CHECK(problem->id == "sandbox.missing-feature");
    CHECK(problem->text ==
          "processes and network: the layer seccomp needs filters of system calls, and Linux 6.1.0 here has none");
}

TEST_CASE("the operator may leave a layer out, or let what is missing be missing") {
    Machine machine = good_machine();
    machine.landlock_abi = 0;
    Policy policy = strict();
    policy.allow_degraded = true;
    CHECK_FALSE(can_enforce(policy, machine));
    policy = strict();
    policy.without = layer_landlock;
    CHECK_FALSE(can_enforce(policy, machine));
    CHECK_FALSE(can_enforce(Policy{}, machine));  // trusted: nothing is enforced
}

TEST_CASE("namespaces that are not allowed are missing, and refuse nothing") {
    Machine machine = good_machine();
    machine.namespaces = machine.user_namespaces = false;
    CHECK(missing_layers(machine) == layer_namespaces);
    CHECK_FALSE(can_enforce(strict(), machine));
}

TEST_CASE("a control group is found where its hierarchy is mounted, in either version") {
    const CgroupMounts mounts = cgroup_mounts(
        "30 1 0:26 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw\n"
        "31 1 0:27 /docker/a /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"
        "32 1 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
        "too short\n");
    CHECK(mounts.unified == "/sys/fs/cgroup/unified");
    const std::string groups = "4:memory:/docker/a/b\n3:cpu,cpuacct:/\n0::/nowhere-at-all\n";
    const std::optional<Controller> memory = controller_in("memory", mounts, groups);
    REQUIRE(memory);
    CHECK(memory->version == 1);
    CHECK(memory->folder == "/sys/fs/cgroup/memory/b");
    REQUIRE(controller_in("cpu", mounts, groups));
    CHECK(controller_in("cpu", mounts, groups)->folder == "/sys/fs/cgroup/cpu,cpuacct");
    CHECK_FALSE(controller_in("pids", mounts, groups));
    CHECK_FALSE(controller_in("memory", mounts, "garbage\n:\n::"));
}

TEST_CASE("what is said of this machine is what its kernel says") {
    const Machine machine = look_at_machine();
    utsname names{};
    REQUIRE(::uname(&names) == 0);
    CHECK(machine.kernel == names.release);
    CHECK(machine.uid == ::geteuid());
    CHECK((machine.landlock_abi != 0 || machine.landlock_error != 0));
    const Machine kernel = look_at_kernel();
    CHECK(kernel.landlock_abi == machine.landlock_abi);
    CHECK(kernel.seccomp == machine.seccomp);
    for (const Controller& controller : machine.controllers) {
        CHECK((controller.version == 1 || controller.version == 2));
        CHECK(::access(controller.folder.c_str(), F_OK) == 0);
    }
}
