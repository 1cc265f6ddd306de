// Memory that runs out when a test wants it to: operator new is replaced in programs that are built with this.
#pragma once

#include <cstdint>

namespace tenon::test {

enum class Fault {
    none,
    fails,               // once
    fails_from_then_on,  // until disarm
    kills                // this process, with SIGKILL
};

// Of this thread's n-th allocation from now on, also of those that libraries make.
void arm(Fault fault, std::uint64_t nth) noexcept;
// Whether it came to that.
bool disarm() noexcept;

}  // namespace tenon::test
