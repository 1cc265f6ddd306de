// What the kernel knows of how a thread of this process has spent its time. System calls, for the slow path.
#pragma once

#include <cstdint>

namespace tenon::host {

// Nanoseconds of processor time; 0 when there is no such thread.
std::uint64_t cpu_ns(std::int32_t thread) noexcept;

// Nanoseconds for which it could have run, but waited for a processor (proc(5), schedstat); 0 where the kernel does not
// count them. Of a wait that goes on nothing is counted yet.
std::uint64_t waited_ns(std::int32_t thread) noexcept;

// Whether it sleeps: waits for something other than a processor. False when that cannot be read.
bool sleeps(std::int32_t thread) noexcept;

// Whether a debugger holds the process (TracerPid of proc(5)).
bool is_traced() noexcept;

}  // namespace tenon::host
