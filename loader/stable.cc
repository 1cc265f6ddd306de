#include "loader/stable.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <optional>

#include "base/clock.h"
#include "base/file.h"
#include "loader/file_identity.h"

namespace tenon::loader {

namespace {

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t first_pause_ns = ms / 5;
constexpr std::uint64_t longest_pause_ns = 20 * ms;
constexpr std::uint64_t quiet_ns = 20 * ms;

// One look at the path.
struct Sight {
    Stable stable = Stable::missing;
    FileIdentity identity{};
    base::Check problem{};  // waiting does not help
};

bool is_missing(const std::string& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

Sight look_at(const std::string& path) {
    base::Result<base::Fd> file = base::open_regular(path);
    if (!file) return is_missing(path) ? Sight{} : Sight{Stable::unknown, {}, file.problem()};
    Sight sight{stability(file.value())};
    // After the probe: who began to write before it is not taken for having written nothing.
    struct stat facts{};
    if (::fstat(file.value().get(), &facts) == 0) sight.identity = identity_of(facts);
    return sight;
}

std::string in_ms(std::uint64_t ns) {
    return fmt::format("{} ms", ns / ms);
}

base::Problem missing(const std::string& path) {
    return {"reload.missing", fmt::format("{}: there is no such file", path),
            "Build or install the library again; the loaded build is not touched."};
}

base::Problem being_written(const std::string& path, const Sight& sight, std::uint64_t waited_ns) {
    const std::string waited = in_ms(waited_ns);
    if (sight.stable == Stable::being_written)
        return {"reload.being-written",
                fmt::format("{}: is still being written: it was open for writing after {}", path, waited),
                "The linker or installer that has it open must close it."};
    if (sight.identity.size < sizeof(Elf64_Ehdr))
        return {"reload.being-written",
                fmt::format("{}: is still being written: it has {} bytes after {}, fewer than the {} of a library's "
                            "header",
                            path, sight.identity.size, waited, sizeof(Elf64_Ehdr)),
                "The linker or installer that makes it must finish; build or install it again."};
    return {"reload.being-written",
            fmt::format("{}: is still being written: it was still changing after {}", path, waited),
            "The linker or installer that has it open must close it."};
}

void pause_for(std::uint64_t ns) {
    const struct timespec time{0, static_cast<long>(ns)};
    ::nanosleep(&time, nullptr);
}

// What the looks at one path say together.
class Settling {
public:
    // Nothing: look again.
    std::optional<Stable> judge(const Sight& sight, std::uint64_t now) {
        if (!last_ || last_->stable != sight.stable || last_->identity != sight.identity) same_since_ns_ = now;
        last_ = sight;
        const bool quiet = now - same_since_ns_ >= quiet_ns;
        if (sight.stable == Stable::missing) return quiet ? std::optional(Stable::missing) : std::nullopt;
        if (sight.identity.size < sizeof(Elf64_Ehdr) || sight.stable == Stable::being_written) return {};
        return sight.stable == Stable::yes || quiet ? std::optional(Stable::yes) : std::nullopt;
    }

private:
    std::optional<Sight> last_;
    std::uint64_t same_since_ns_ = 0;
};

}  // namespace

Stable stability(const base::Fd& file) noexcept {
    const int fd = file.get();
    if (fd < 0) return Stable::missing;
    // By default the writer's opening sends SIGIO, which ends the process. SIGURG does nothing by default, and, unlike
    // a real-time signal, never becomes SIGIO because a queue is full.
    const struct f_owner_ex owner{F_OWNER_TID, ::gettid()};
    if (::fcntl(fd, F_SETSIG, SIGURG) != 0 || ::fcntl(fd, F_SETOWN_EX, &owner) != 0) return Stable::unknown;
    if (::fcntl(fd, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN ? Stable::being_written : Stable::unknown;
    ::fcntl(fd, F_SETLEASE, F_UNLCK);
    return Stable::yes;
}

base::Check wait_until_stable(const std::string& path, std::uint64_t timeout_ns,
                              const std::function<bool()>& cancelled) {
    const std::uint64_t begin = base::monotonic_ns();
    Settling settling;
    for (std::uint64_t pause = first_pause_ns;; pause = std::min(2 * pause, longest_pause_ns)) {
        const Sight sight = look_at(path);
        if (sight.problem) return sight.problem;
        const std::uint64_t now = base::monotonic_ns();
        const std::optional<Stable> stable = settling.judge(sight, now);
        if (stable == Stable::missing) return missing(path);
        if (stable) return {};
        if (now - begin >= timeout_ns)
            return sight.stable == Stable::missing ? missing(path) : being_written(path, sight, now - begin);
        if (cancelled && cancelled())
            return base::Problem{"reload.cancelled", fmt::format("{}: nobody waits any more until it is written", path),
                                 ""};
        pause_for(std::min(pause, timeout_ns - (now - begin)));
    }
}

}  // namespace tenon::loader
