// The processor's time stamp counter, where there is one.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tenon::base {

#if defined(__x86_64__)

inline std::uint64_t read_tsc() noexcept {
    return __builtin_ia32_rdtsc();
}

// Whether it runs at one speed, whatever the processor does.
inline bool tsc_is_invariant() noexcept {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0x80000007u, &a, &b, &c, &d) != 0 && (d & (1u << 8)) != 0;
}

#else

inline std::uint64_t read_tsc() noexcept {
    return 0;
}

inline bool tsc_is_invariant() noexcept {
    return false;
}

#endif

}  // namespace tenon::base
