// How the second filter of system calls is told from one that answers in its place: it gives errnos that were drawn
// when it was put on, for options of prctl that nobody has. Who was there before it cannot know them.
#pragma once

#include <array>
#include <cstdint>

namespace tenon::sandbox {

inline constexpr std::uint32_t marks = 4;
inline constexpr std::uint32_t first_mark_option = 0x7e0a0000;
// What stands for them in the compiled filters; the kernel's largest errno is 4095.
inline constexpr std::uint32_t first_mark_to_be = 4001;
// They are drawn from here: errnos that no call returns.
inline constexpr std::uint32_t least_mark = 1000, different_marks = 3000;

using Marks = std::array<std::uint32_t, marks>;

}  // namespace tenon::sandbox
