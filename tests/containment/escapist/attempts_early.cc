// What is worth trying before the second filter of system calls is on: in the constructors.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>

#include <array>
#include <cstddef>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

constexpr std::size_t page = 4096;

constexpr sock_filter load(std::size_t offset) {
    return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
}
constexpr sock_filter unless(std::uint32_t value, std::uint8_t skip) {
    return {BPF_JMP | BPF_JEQ | BPF_K, 0, skip, value};
}
constexpr sock_filter unless_bit(std::uint32_t bit, std::uint8_t skip) {
    return {BPF_JMP | BPF_JSET | BPF_K, 0, skip, bit};
}
constexpr sock_filter answer(std::uint32_t what) {
    return {BPF_RET | BPF_K, 0, 0, what};
}
constexpr std::uint32_t lower_half(std::size_t argument) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 8 * argument);
}
constexpr std::uint32_t number_of(long call) {
    return static_cast<std::uint32_t>(call);
}

// A filter that says of the next one that it is on, and refuses what the next one would: except to who knows how, by an
// odd size.
Outcome fake_second_filter(const Words&) {
    constexpr std::uint32_t odd_size = 3 * page;
    const std::array lines{
        load(offsetof(seccomp_data, nr)),
        unless(number_of(SYS_seccomp), 4),
        load(lower_half(0)),
        unless(SECCOMP_SET_MODE_FILTER, 1),
        answer(SECCOMP_RET_ERRNO | 0),
        answer(SECCOMP_RET_ERRNO | EPERM),
        unless(number_of(SYS_mmap), 1),
        sock_filter{BPF_JMP | BPF_JA, 0, 0, 1},
        unless(number_of(SYS_mprotect), 5),
        load(lower_half(1)),
        sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 3, 0, odd_size},
        load(lower_half(2)),
        unless_bit(PROT_EXEC, 1),
        answer(SECCOMP_RET_ERRNO | EPERM),
        answer(SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{static_cast<unsigned short>(lines.size()), const_cast<sock_filter*>(lines.data())};
    return of(call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

Outcome map_shared_code(const Words&) {
    return of(call(SYS_mmap, 0L, page, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0L));
}

Outcome map_anonymous_code(const Words&) {
    return of(call(SYS_mmap, 0L, page, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L));
}

// Of the attempt that was made then.
Outcome what_came_early(const Words&) {
    return early;
}

constexpr Attempt attempts[] = {
    {"fake_second_filter", fake_second_filter},
    {"map_shared_code", map_shared_code},
    {"map_anonymous_code", map_anonymous_code},
    {"what_came_early", what_came_early},
};

}  // namespace

Attempts early_attempts() {
    return attempts;
}

}  // namespace escapist
