#include "host/stack.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

namespace tenon::host {

namespace {

constexpr int most_frames = 48;

// Where the interrupted thread writes: process-wide because a signal handler has no other place. `wanted` is the thread
// that is asked; it becomes 0 when the thread begins to write, and `count` is set when it has.
struct Mailbox {
    std::mutex lock;
    std::atomic<std::int32_t> wanted{0};
    std::atomic<int> count{-1};
    void* frames[most_frames] = {};
};
constinit Mailbox mailbox;

void write_frames(int) {
    const int saved = errno;
    std::int32_t self = static_cast<std::int32_t>(::syscall(SYS_gettid));
    if (mailbox.wanted.compare_exchange_strong(self, 0))
        mailbox.count.store(::backtrace(mailbox.frames, most_frames), std::memory_order_release);
    errno = saved;
}

void install(int signal) {
    struct sigaction action{};
    if (::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == write_frames) return;
    void* warm[1];
    ::backtrace(warm, 1);  // loads what it needs now, and not inside the signal's handler
    action = {};
    action.sa_handler = write_frames;
    action.sa_flags = SA_RESTART | SA_ONSTACK;
    ::sigaction(signal, &action, nullptr);
}

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> plain(abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    return status == 0 && plain ? plain.get() : name;
}

std::string frame_text(int number, void* address) {
    Dl_info info{};
    if (::dladdr(address, &info) == 0) return fmt::format("#{} {}", number, address);
    const std::string_view file = info.dli_fname == nullptr ? "" : info.dli_fname;
    const std::string_view library = file.substr(file.rfind('/') + 1);
    if (info.dli_sname != nullptr) return fmt::format("#{} {} ({})", number, demangled(info.dli_sname), library);
    const auto offset = static_cast<const char*>(address) - static_cast<const char*>(info.dli_fbase);
    return fmt::format("#{} {}+{:#x}", number, library, offset);
}

}  // namespace

std::string stack_of(std::int32_t thread, std::uint32_t signal) {
    const std::lock_guard guard(mailbox.lock);
    install(static_cast<int>(signal));
    mailbox.count.store(-1);
    mailbox.wanted.store(thread);
    if (::syscall(SYS_tgkill, ::getpid(), thread, signal) != 0) return {};
    using std::chrono::milliseconds;
    const auto until = std::chrono::steady_clock::now() + milliseconds(100);
    while (mailbox.count.load(std::memory_order_acquire) < 0) {
        std::int32_t asked = thread;
        if (std::chrono::steady_clock::now() >= until && mailbox.wanted.compare_exchange_strong(asked, 0)) return {};
        std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    std::string text;
    const int count = mailbox.count.load();
    for (int i = 2; i < count; ++i) text += frame_text(i - 2, mailbox.frames[i]) + (i + 1 < count ? "\n" : "");
    return text;
}

}  // namespace tenon::host
