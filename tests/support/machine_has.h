// For tests that need what not every machine has. What a test could not see is said by name, always in the same words:
// script/test gathers those lines, because ctest shows nothing of tests that pass.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/catch.h"

namespace tenon::test {

// What machines that are as they should be may be without.
struct Absent {
    std::string_view what, because;
};
inline constexpr Absent may_lack[] = {
    {"io_uring", "hosts and containers turn it off"},
    {"userfaultfd", "kernels are built without"},
    {"performance events", "containers are not given them"},
    {"32-bit programs", "kernels for 64-bit programs only"},
    {"root that may raise limits", "root of a container is not"},
    {"typing into terminals", "turned off since Linux 6.2"},
    {"kernel that can be replaced", "kernels are built without"},
    {"multipath TCP", "kernels are built without"},
    {"sockets of virtual machines", "modules that containers do not load"},
    {"attributes of files in $TMPDIR", "file systems in memory had none before Linux 6.6"},
    {"second processor", "small machines"},
    {"/etc/shadow", "systems for one program"},
    {"control group", "containers are not given them"},
    {"control group for memory", "containers are not given them"},
    {"control group for tasks", "containers are not given them"},
    {"control group for processor time", "containers are not given them"},
    {"user whom modes stop", "continuous integration is root"},
    {"clock that is read without the kernel", "virtual machines whose processor's clock is not to be trusted"},
    {"heap that no sanitizer replaces", "the presets with sanitizers"},
};

inline bool may_be_absent(std::string_view what) {
    return std::any_of(std::begin(may_lack), std::end(may_lack), [=](const Absent& one) { return one.what == what; });
}

// `it`; where that is false, says that the current test has not tested all it should. Where the environment has CI,
// that fails the test, but for what may_lack lists with a reason. On the thread of the test.
inline bool machine_has(bool it, const std::string& what) {
    if (it) return true;
    const std::string test = Catch::getResultCapture().getCurrentTestName();
    std::printf("not tested: %s: this machine has no %s\n", test.c_str(), what.c_str());
    std::fflush(stdout);  // for tests that fork, or do not come to their end
    if (std::getenv("CI") != nullptr && !may_be_absent(what))
        FAIL_CHECK("the machine that judges has no " << what << ", which it should have");
    return false;
}

}  // namespace tenon::test
