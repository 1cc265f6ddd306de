// What a process uses while it runs. Its number is used for that, and afterwards it is seen whether it was still its
// own.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "sandbox/process.h"

namespace tenon::sandbox {

namespace {

constexpr std::size_t most_of_a_file = 4096;

// A file of /proc; empty if it cannot be read.
std::string proc_file(pid_t pid, const char* name) {
    const std::string path = fmt::format("/proc/{}/{}", pid, name);
    const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(most_of_a_file, '\0');
    std::size_t size = 0;
    while (file && size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

// The fields after the name, which may hold anything; see proc(5). The name's end is the last ')'.
bool read_stat(pid_t pid, LiveUsage& usage) {
    const std::string text = proc_file(pid, "stat");
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return false;
    unsigned long minor = 0, major = 0;
    long threads = 0, pages = 0;
    const int read =
        std::sscanf(text.c_str() + name_end + 1,
                    " %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu %*u %*u %*u %*d %*d %*d %*d %ld %*d %*u %*u %ld", &minor,
                    &major, &threads, &pages);
    if (read != 4 || threads < 0 || pages < 0) return false;
    usage.minor_faults = minor;
    usage.major_faults = major;
    usage.threads = static_cast<std::uint64_t>(threads);
    usage.resident_kib = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
    return true;
}

bool read_peak(pid_t pid, LiveUsage& usage) {
    const std::string text = proc_file(pid, "status");
    const std::size_t at = text.find("\nVmHWM:");
    unsigned long kib = 0;
    if (at == std::string::npos || std::sscanf(text.c_str() + at, "\nVmHWM: %lu kB", &kib) != 1) return false;
    usage.peak_resident_kib = kib;
    return true;
}

// Of a plugin with more threads than that, only so many are looked at.
constexpr int most_threads = 1024;

std::uint64_t number_after(const std::string& text, const char* name) {
    const std::size_t at = text.find(name);
    return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at + std::strlen(name), nullptr, 10);
}

// The kernel keeps them by thread.
void read_switches(pid_t pid, LiveUsage& usage) {
    struct Close {
        void operator()(DIR* folder) const noexcept { ::closedir(folder); }
    };
    const std::unique_ptr<DIR, Close> folder(::opendir(fmt::format("/proc/{}/task", pid).c_str()));
    for (int seen = 0; folder != nullptr && seen < most_threads; ++seen) {
        const dirent* const entry = ::readdir(folder.get());
        if (entry == nullptr) return;
        if (entry->d_name[0] == '.') continue;
        const std::string text = proc_file(pid, fmt::format("task/{}/status", entry->d_name).c_str());
        usage.voluntary_switches += number_after(text, "\nvoluntary_ctxt_switches:");
        usage.involuntary_switches += number_after(text, "\nnonvoluntary_ctxt_switches:");
    }
}

// All threads', to the nanosecond; /proc knows it by hundredths of a second.
bool read_cpu(pid_t pid, LiveUsage& usage) {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return false;
    usage.cpu_ns = static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(time.tv_nsec);
    return true;
}

}  // namespace

std::optional<LiveUsage> usage_of(pid_t pid, int pidfd) {
    LiveUsage usage;
    if (pidfd < 0 || !read_cpu(pid, usage) || !read_stat(pid, usage) || !read_peak(pid, usage)) return std::nullopt;
    read_switches(pid, usage);
    const bool was_it = ::syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 0) == 0;
    return was_it ? std::optional(usage) : std::nullopt;
}

}  // namespace tenon::sandbox
