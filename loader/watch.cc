#include "loader/watch.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/clock.h"

namespace tenon::loader {

namespace {

constexpr std::uint64_t least_period_ns = 1'000'000;

std::uint64_t later(std::uint64_t now, std::uint64_t ns) {
    return ns > UINT64_MAX - now ? UINT64_MAX : now + ns;
}

base::Problem unwatchable(const std::string& path, std::string_view why) {
    return {"watch.unwatchable", fmt::format("{}: cannot be watched: {}", path, why), "Name the path of a file."};
}

// With the names as they are: links and ".." are the walk's.
base::Result<std::string> absolute(const std::string& path) {
    if (path.empty()) return unwatchable("\"\"", "it is empty");
    if (path.find('\0') != std::string::npos)
        return unwatchable(path.substr(0, path.find('\0')), "its path has a NUL byte");
    std::error_code error;
    std::string whole = std::filesystem::absolute(path, error).string();
    if (error) return unwatchable(path, "the current folder is not known: " + error.message());
    return whole;
}

}  // namespace

base::Result<std::unique_ptr<Watch>> Watch::open(const WatchOptions& options) {
    return open(options, WatchSystem());
}

base::Result<std::unique_ptr<Watch>> Watch::open(const WatchOptions& options, const WatchSystem& system) {
    base::Fd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!bell)
        return base::Problem{"watch.unwatchable",
                             fmt::format("files cannot be watched: no eventfd: {}", std::strerror(errno)),
                             "Raise the limit of open files (ulimit -n), or load new builds by hand."};
    return std::unique_ptr<Watch>(new Watch(options, system, std::move(bell)));
}

Watch::Watch(const WatchOptions& options, const WatchSystem& system, base::Fd bell)
    : period_ns_(std::max(options.poll_period_ns, least_period_ns)),
      bell_(std::move(bell)),
      folders_(options.poll, system) {}

base::Check Watch::add(const std::string& path) {
    base::Result<std::string> whole = absolute(path);
    if (!whole) return whole.problem();
    const std::lock_guard lock(mutex_);
    const auto [at, is_new] = paths_.try_emplace(path, WatchedPath{whole.take()});
    if (!is_new) return {};
    rearm(at->second);
    if (!at->second.why_polled.empty()) ring();  // who waits has to look from now on
    return {};
}

void Watch::remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto at = paths_.find(path);
    if (at == paths_.end()) return;
    for (const WatchStep& step : at->second.way) folders_.forget(step);
    paths_.erase(at);
}

// The new way is watched before the old one is given up, and each folder before the walk looks into it.
void Watch::rearm(WatchedPath& path) {
    path.moved = false;
    path.why_polled = folders_.why_none();
    if (path.why_polled.empty()) {
        std::vector<WatchStep> way = walk(path.absolute, [&](const WatchStep& step) {
            const std::string why = folders_.ask(step);
            if (path.why_polled.empty()) path.why_polled = why;
        });
        for (const WatchStep& step : path.way) folders_.forget(step);
        path.way = std::move(way);
    }
    if (!path.why_polled.empty()) path.seen = identity_at(path.absolute);
}

void Watch::ring() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the count is full, and then it rings already.
    [[maybe_unused]] const ssize_t put = ::write(bell_.get(), &one, sizeof one);
}

void Watch::wake() noexcept {
    woken_.store(true);
    ring();
}

bool Watch::was_woken() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(bell_.get(), &count, sizeof count);
    return woken_.exchange(false);
}

std::vector<Polled> Watch::polled() const {
    const std::lock_guard lock(mutex_);
    std::vector<Polled> all;
    for (const auto& [path, watched] : paths_)
        if (!watched.why_polled.empty()) all.push_back({path, watched.why_polled});
    return all;
}

std::vector<std::string> Watch::wait(std::uint64_t timeout_ns) {
    const std::uint64_t deadline = later(base::monotonic_ns(), timeout_ns);
    for (;;) {
        sleep_until(std::min(deadline, next_look()));
        if (was_woken()) return {};
        hear();
        if (base::monotonic_ns() >= next_look()) look();
        std::vector<std::string> changed = tell();
        if (!changed.empty() || base::monotonic_ns() >= deadline) return changed;
    }
}

std::uint64_t Watch::next_look() const {
    const std::lock_guard lock(mutex_);
    const bool any =
        std::any_of(paths_.begin(), paths_.end(), [](const auto& path) { return !path.second.why_polled.empty(); });
    return any ? next_look_ns_ : UINT64_MAX;
}

// Or until there is an event, or the bell rings.
void Watch::sleep_until(std::uint64_t deadline) const {
    struct pollfd waits[] = {{bell_.get(), POLLIN, 0}, {folders_.descriptor(), POLLIN, 0}};  // -1 is passed over
    const std::uint64_t now = base::monotonic_ns();
    const std::uint64_t left = deadline > now ? deadline - now : 0;
    const struct timespec time{static_cast<time_t>(left / 1'000'000'000u), static_cast<long>(left % 1'000'000'000u)};
    ::ppoll(waits, 2, deadline == UINT64_MAX ? nullptr : &time, nullptr);  // a signal only makes us look earlier
}

void Watch::hear() {
    const std::lock_guard lock(mutex_);
    for (const FolderChange& change : folders_.changes())
        for (auto& [path, watched] : paths_)
            if (change.folder.empty() || watched.leads_through(change.folder, change.name)) {
                watched.changed = true;
                watched.moved |= !change.written;
            }
    for (auto& [path, watched] : paths_)
        if (watched.moved) rearm(watched);
}

// The lock is not held meanwhile: a file system that hangs keeps nobody but the thread that waits.
void Watch::look() {
    std::vector<std::pair<std::string, std::string>> paths;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [path, watched] : paths_)
            if (!watched.why_polled.empty()) paths.emplace_back(path, watched.absolute);
        next_look_ns_ = later(base::monotonic_ns(), period_ns_);
    }
    for (const auto& [path, whole] : paths) {
        const std::optional<FileIdentity> now = identity_at(whole);
        const std::lock_guard lock(mutex_);
        const auto at = paths_.find(path);
        if (at == paths_.end() || at->second.seen == now) continue;
        at->second.seen = now;
        at->second.changed = true;
    }
}

std::vector<std::string> Watch::tell() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> changed;
    for (auto& [path, watched] : paths_)
        if (std::exchange(watched.changed, false)) changed.push_back(path);
    return changed;
}

}  // namespace tenon::loader
