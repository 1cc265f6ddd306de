#include "host/thread_time.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string_view>

namespace tenon::host {

namespace {

// A small file of /proc, without allocating.
class ProcFile {
public:
    explicit ProcFile(const char* path) noexcept {
        const int file = ::open(path, O_RDONLY | O_CLOEXEC);
        if (file < 0) return;
        const ssize_t size = ::read(file, text_, sizeof text_);
        ::close(file);
        if (size > 0) size_ = static_cast<std::size_t>(size);
    }
    ProcFile(std::int32_t thread, const char* name) noexcept : ProcFile(Path(thread, name).text) {}
    std::string_view text() const noexcept { return {text_, size_}; }

private:
    struct Path {
        Path(std::int32_t thread, const char* name) noexcept {
            std::snprintf(text, sizeof text, "/proc/self/task/%d/%s", thread, name);
        }
        char text[64];
    };
    char text_[2048];
    std::size_t size_ = 0;
};

}  // namespace

// The clock of a thread by its number, as pthread_getcpuclockid makes it (CPUCLOCK_SCHED | CPUCLOCK_PERTHREAD).
std::uint64_t cpu_ns(std::int32_t thread) noexcept {
    const auto clock = static_cast<clockid_t>((~static_cast<std::uint32_t>(thread) << 3) | 6u);
    struct timespec used{};
    if (::clock_gettime(clock, &used) != 0) return 0;
    return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(used.tv_nsec);
}

// "<on processor> <waiting for one> <time slices>"
std::uint64_t waited_ns(std::int32_t thread) noexcept {
    const ProcFile file(thread, "schedstat");
    const std::string_view text = file.text();
    const std::size_t space = text.find(' ');
    std::uint64_t waited = 0;
    if (space != std::string_view::npos) std::from_chars(text.data() + space + 1, text.data() + text.size(), waited);
    return waited;
}

// "<number> (<name>) <state> ..."; the name may have anything in it.
bool sleeps(std::int32_t thread) noexcept {
    const ProcFile file(thread, "stat");
    const std::string_view text = file.text();
    const std::size_t end = text.rfind(')');
    return end != std::string_view::npos && end + 2 < text.size() && (text[end + 2] == 'S' || text[end + 2] == 'D');
}

bool is_traced() noexcept {
    const ProcFile file("/proc/self/status");
    constexpr std::string_view key = "TracerPid:\t";
    const std::size_t at = file.text().find(key);
    return at != std::string_view::npos && at + key.size() < file.text().size() && file.text()[at + key.size()] != '0';
}

}  // namespace tenon::host
