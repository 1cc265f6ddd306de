// Ways to break down, to hang and to take more than there is.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <new>
#include <stdexcept>

#include "tests/containment/escapist/attempts.h"

namespace escapist {
namespace {

jmp_buf earlier;

[[noreturn]] void wait_for_ever() {
    for (;;) ::pause();
}

// Words: MiB, which are all written to.
Outcome take_memory(const Words& words) {
    constexpr std::size_t mebibyte = 1u << 20;
    std::vector<std::unique_ptr<char[]>> held;
    for (long i = 0; i < words.number(0); ++i) {
        held.emplace_back(new (std::nothrow) char[mebibyte]);
        if (held.back() == nullptr) return {-1, ENOMEM, std::to_string(i)};
        for (std::size_t at = 0; at < mebibyte; at += 4096) held.back()[at] = 'x';
    }
    return {words.number(0)};
}

// Words: how many. Gives them back.
Outcome take_descriptors(const Words& words) {
    std::vector<long> held;
    long taken = 0;
    while (taken >= 0 && static_cast<long>(held.size()) < words.number(0))
        if ((taken = call(SYS_dup, 0)) >= 0) held.push_back(taken);
    const Outcome outcome = taken < 0 ? of(taken, std::to_string(held.size())) : Outcome{words.number(0)};
    for (const long descriptor : held) call(SYS_close, descriptor);
    return outcome;
}

Outcome spin(const Words&) {
    for (std::atomic<bool> ever{true}; ever;) {
    }
    return {};
}

// Words: milliseconds, in which it computes; and comes back.
Outcome dawdle(const Words& words) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(words.number(0));
    while (std::chrono::steady_clock::now() < end) continue;
    return {words.number(0)};
}

Outcome hang(const Words&) {
    wait_for_ever();
}

// All threads, of which this one may be the last that hears of it.
Outcome stop(const Words&) {
    call(SYS_kill, ::getpid(), SIGSTOP);
    wait_for_ever();
}

[[gnu::noinline]] int sink_into_the_stack(int depth) {
    volatile char frame[4096];
    frame[0] = static_cast<char>(depth);
    return depth < 0 ? 0 : sink_into_the_stack(depth + 1) + frame[0];
}

Outcome overflow(const Words&) {
    return {sink_into_the_stack(0)};
}

Outcome abort_here(const Words&) {
    std::abort();
}

Outcome exit_here(const Words&) {
    ::_exit(7);
}

Outcome crash(const Words&) {
    return of(::raise(SIGSEGV));
}

Outcome throw_up(const Words&) {
    throw std::runtime_error("thrown by the escapist");
}

Outcome throw_number(const Words&) {
    throw 7;
}

// What jump() goes back to when nothing of it is there any more.
Outcome remember(const Words&) {
    return {::setjmp(earlier)};
}

Outcome jump(const Words&) {
    ::longjmp(earlier, 1);
}

// Nothing but SIGKILL and SIGSTOP reaches it.
Outcome trap_and_hang(const Words&) {
    struct sigaction trap{};
    trap.sa_handler = [](int) {};
    for (int number = 1; number < 32; ++number) ::sigaction(number, &trap, nullptr);
    wait_for_ever();
}

Outcome log_much(const Words& words) {
    for (long i = 0; i < words.number(0); ++i) self.log(TENON_LOG_INFO, "the same again and again");
    return {words.number(0)};
}

Outcome print_much(const Words& words) {
    for (long i = 0; i < words.number(0); ++i) std::fputs("the same again and again\n", stderr);
    return {words.number(0)};
}

constexpr Attempt attempts[] = {
    {"take_memory", take_memory},
    {"take_descriptors", take_descriptors},
    {"spin", spin},
    {"dawdle", dawdle},
    {"hang", hang},
    {"stop", stop},
    {"overflow", overflow},
    {"abort", abort_here},
    {"exit", exit_here},
    {"crash", crash},
    {"throw", throw_up},
    {"throw_number", throw_number},
    {"remember", remember},
    {"jump", jump},
    {"trap_and_hang", trap_and_hang},
    {"log_much", log_much},
    {"print_much", print_much},
};

}  // namespace

Attempts faults() {
    return attempts;
}

}  // namespace escapist
