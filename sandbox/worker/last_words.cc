#include "sandbox/worker/last_words.h"

#include <execinfo.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>

#include "sandbox/protocol.h"
#include "sandbox/worker/symbols.h"

namespace tenon::sandbox::worker {

namespace {

constexpr std::size_t stack_size = 64 * 1024;
constexpr int most_frames = 32;
constexpr std::size_t longest_name = 256;  // so that the host, which keeps the end of what is printed, keeps all frames

void print(const char* text, std::size_t most = SIZE_MAX) noexcept {
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, text, ::strnlen(text, most));
}

void print_number(std::uint64_t number) noexcept {
    char text[19] = "0x0000000000000000";
    for (char* digit = text + 17; digit > text + 1; --digit, number >>= 4) *digit = "0123456789abcdef"[number & 15];
    print(text);
}

void print_address(const void* address) noexcept {
    print_number(reinterpret_cast<std::uintptr_t>(address));
}

// As backtrace_symbols_fd does it: file(function+offset)[address].
void print_frame(void* address) noexcept {
    const Symbol symbol = symbol_before(address);
    if (symbol.name == nullptr) return ::backtrace_symbols_fd(&address, 1, STDERR_FILENO);
    print(symbol.library, longest_name);
    print("(");
    print(symbol.name, longest_name);
    print("+");
    print_number(symbol.offset);
    print(")[");
    print_address(address);
    print("]\n");
}

// Only what may be called in a signal handler; backtrace is, once it has been called before. The disposition is the
// default again, so what comes back here ends the process.
extern "C" void tenon_worker_last_words(int signal, siginfo_t* info, void*) {
    print(last_words_begin);
    print(::sigabbrev_np(signal));
    if (signal == SIGSEGV || signal == SIGBUS) {
        print(" at ");
        print_address(info->si_addr);
    }
    print("; the stack:\n");
    std::array<void*, most_frames> frames{};
    const int depth = ::backtrace(frames.data(), most_frames);
    for (int i = 0; i < depth; ++i) print_frame(frames[static_cast<std::size_t>(i)]);
    ::raise(signal);
}

struct OwnStack {
    std::unique_ptr<char[]> memory;
    ~OwnStack() {
        stack_t none{};
        none.ss_flags = SS_DISABLE;
        ::sigaltstack(&none, nullptr);
    }
};
thread_local OwnStack own_stack;

}  // namespace

void speak_last_words() noexcept {
    std::array<void*, 1> one{};
    ::backtrace(one.data(), 1);  // loads what it needs
    struct sigaction action{};
    action.sa_sigaction = tenon_worker_last_words;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS}) ::sigaction(signal, &action, nullptr);
}

void prepare_thread() noexcept {
    own_stack.memory.reset(new (std::nothrow) char[stack_size]);
    if (!own_stack.memory) return;
    stack_t stack{};
    stack.ss_sp = own_stack.memory.get();
    stack.ss_size = stack_size;
    ::sigaltstack(&stack, nullptr);
}

}  // namespace tenon::sandbox::worker
