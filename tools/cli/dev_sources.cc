#include "tools/cli/dev_sources.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "base/file.h"

namespace tenon::cli {
namespace {

constexpr int poll_every_ms = 200;
constexpr int quiet_ms = 20;  // an editor that saves renames, writes and deletes within less
constexpr int most_pauses = 10;
constexpr std::uint64_t most_bytes = 4u << 20;
constexpr unsigned most_depth = 32;
constexpr std::uint32_t events_wanted =
    IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR;

constexpr std::array endings = {"~",    ".swp", ".swx", ".swo",  ".bak",  ".tmp", ".orig", ".o",
                                ".lo",  ".obj", ".so",  ".a",    ".la",   ".d",   ".dll",  ".lib",
                                ".pdb", ".gch", ".pch", ".gcda", ".gcno", ".dwo", ".pyc",  ".log"};
constexpr std::array folders = {"build", "_build",     "out",          "target",
                                "dist",  "CMakeFiles", "node_modules", "__pycache__"};
constexpr std::array marks = {"CMakeCache.txt", "build.ninja", "CACHEDIR.TAG"};

bool ends_with_one(std::string_view name) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view end) { return name.ends_with(end); });
}

bool is_there(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

bool is_marked(const std::string& folder) {
    return std::any_of(marks.begin(), marks.end(), [&](const char* mark) { return is_there(folder + "/" + mark); });
}

std::string canonical(const std::string& path) {
    std::error_code error;
    std::string found = std::filesystem::weakly_canonical(path, error).string();
    while (found.size() > 1 && found.back() == '/') found.pop_back();
    return error ? path : found;
}

std::uint64_t hash_of(const std::string& path) {
    const base::Result<std::string> bytes = base::read_file(path, most_bytes);
    return bytes ? XXH3_64bits(bytes.value().data(), bytes.value().size()) | 1 : 0;
}

}  // namespace

bool is_no_source(std::string_view name) {
    if (name.empty() || name.front() == '.' || name == "4913") return true;  // the last one is vim's, to try the folder
    if (name.front() == '#' && name.back() == '#') return true;
    return ends_with_one(name) || name.find(".so.") != name.npos;
}

bool is_no_source_folder(std::string_view name) {
    if (name.empty() || name.front() == '.') return true;
    for (const std::string_view begin : {"build-", "build_", "cmake-build-", "bazel-"})
        if (name.starts_with(begin)) return true;
    return std::find(folders.begin(), folders.end(), name) != folders.end();
}

base::Result<Sources> Sources::open(const std::string& folder, const std::string& without) {
    if (const base::Result<std::vector<std::string>> names = base::list_folder(folder); !names) return names.problem();
    Sources sources(folder, without);
    sources.last_ = sources.look();
    return sources;
}

// A folder that has the sources in it is no place to be left out.
Sources::Sources(std::string folder, const std::string& without)
    : folder_(std::move(folder)), events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    while (folder_.size() > 1 && folder_.back() == '/') folder_.pop_back();
    const std::string whole = canonical(folder_);
    if (!without.empty()) without_ = canonical(without);
    if (without_ == whole || whole.starts_with(without_ + "/")) without_.clear();
    if (!events_) why_polled_ = std::strerror(errno);
}

void Sources::watch(const std::string& folder) {
    if (!why_polled_.empty() || ::inotify_add_watch(events_.get(), folder.c_str(), events_wanted) >= 0) return;
    if (errno == ENOENT || errno == ENOTDIR) return;  // gone meanwhile
    why_polled_ = fmt::format("{}: {}", folder, errno == ENOSPC ? "there are no watches left" : std::strerror(errno));
}

Sources::Look Sources::look() {
    Look found;
    look_into(folder_, 0, found);
    return found;
}

// A folder is watched before it is listed: what changes after that is told.
void Sources::look_into(const std::string& folder, unsigned depth, Look& found) {
    watch(folder);
    const base::Result<std::vector<std::string>> names = base::list_folder(folder);
    if (!names) return;
    for (const std::string& name : names.value()) {
        const std::string path = folder + "/" + name;
        struct stat facts{};
        if (::lstat(path.c_str(), &facts) != 0) continue;
        if (S_ISDIR(facts.st_mode)) {
            if (depth >= most_depth || is_no_source_folder(name) || is_marked(path)) continue;
            if (without_.empty() || canonical(path) != without_) look_into(path, depth + 1, found);
            continue;
        }
        if (is_no_source(name) || ::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
        const loader::FileIdentity file = loader::identity_of(facts);
        const auto known = last_.find(path);
        const bool same = known != last_.end() && known->second.file == file;
        found[path] = same ? known->second : Source{file, hash_of(path)};
    }
}

std::vector<std::string> Sources::difference(bool of_bytes) {
    Look now = look();
    std::vector<std::string> paths;
    for (const auto& [path, source] : now) {
        const auto before = last_.find(path);
        const bool new_one = before == last_.end() || !(before->second.file == source.file);
        if (!new_one) continue;
        const bool same_bytes = before != last_.end() && source.bytes != 0 && source.bytes == before->second.bytes;
        if (!of_bytes || !same_bytes) paths.push_back(path);
    }
    for (const auto& [path, source] : last_)
        if (!now.contains(path)) paths.push_back(path);
    std::sort(paths.begin(), paths.end());
    last_ = std::move(now);
    return paths;
}

std::vector<std::string> Sources::changed() {
    return difference(false);
}

std::vector<std::string> Sources::changed_bytes() {
    return difference(true);
}

// True if there was an event about a name that may be a source.
bool Sources::hear() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    bool any = false;
    for (ssize_t size; (size = ::read(events_.get(), buffer.data(), buffer.size())) > 0;)
        for (const char* at = buffer.data(); at < buffer.data() + size;) {
            inotify_event event{};
            std::memcpy(&event, at, sizeof event);
            const std::string_view name(event.len == 0 ? "" : at + sizeof event);
            const bool folder = (event.mask & IN_ISDIR) != 0;
            const bool lost = (event.mask & IN_Q_OVERFLOW) != 0;
            const bool named = !name.empty() && !(folder ? is_no_source_folder(name) : is_no_source(name));
            any = any || lost || named;
            at += sizeof event + event.len;
        }
    return any;
}

bool Sources::wait(int other) {
    for (;;) {
        const bool polls = !why_polled_.empty();
        struct pollfd waits[] = {{other, POLLIN, 0}, {polls ? -1 : events_.get(), POLLIN, 0}};
        ::poll(waits, 2, polls ? poll_every_ms : -1);
        if ((waits[0].revents & POLLIN) != 0) return false;
        if (polls) return true;
        if (!hear()) continue;
        for (int pause = 0; pause < most_pauses; ++pause) {  // until it is quiet; what comes later is heard later
            struct pollfd more = {events_.get(), POLLIN, 0};
            if (::poll(&more, 1, quiet_ms) <= 0) break;
            hear();
        }
        return true;
    }
}

}  // namespace tenon::cli
