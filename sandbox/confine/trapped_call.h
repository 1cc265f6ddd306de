// The system call that a filter has trapped, as it stands in the context of its SIGSYS; all that differs by processor.
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include <array>
#include <cstdint>

namespace tenon::sandbox {

// Of the calls without a folder (stat, lstat, access, readlink) the one with it that means the same.
struct TrappedCall {
    long number;
    std::array<std::uint64_t, 4> arguments;
};

#if defined(__x86_64__)
inline TrappedCall trapped_call(const ucontext_t& context, long number) noexcept {
    const auto at = [&](int name) { return static_cast<std::uint64_t>(context.uc_mcontext.gregs[name]); };
    const std::uint64_t first = at(REG_RDI), second = at(REG_RSI), third = at(REG_RDX);
    constexpr auto here = static_cast<std::uint64_t>(AT_FDCWD);
    switch (number) {
        case SYS_stat:
            return {SYS_newfstatat, {here, first, second, 0}};
        case SYS_lstat:
            return {SYS_newfstatat, {here, first, second, AT_SYMLINK_NOFOLLOW}};
        case SYS_access:
            return {SYS_faccessat, {here, first, second, 0}};
        case SYS_readlink:
            return {SYS_readlinkat, {here, first, second, third}};
        default:
            return {number, {first, second, third, at(REG_R10)}};
    }
}
inline void answer_call(ucontext_t& context, long result) noexcept {
    context.uc_mcontext.gregs[REG_RAX] = result;
}
#elif defined(__aarch64__)
inline TrappedCall trapped_call(const ucontext_t& context, long number) noexcept {
    const auto& at = context.uc_mcontext.regs;
    return {number, {at[0], at[1], at[2], at[3]}};
}
inline void answer_call(ucontext_t& context, long result) noexcept {
    context.uc_mcontext.regs[0] = static_cast<std::uint64_t>(result);
}
#endif

}  // namespace tenon::sandbox
