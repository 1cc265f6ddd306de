// The file is first held without being opened (O_PATH), because to open a device or a FIFO is to use it; once it is
// known to be a regular file, that same file is opened through /proc/self/fd.
#include "sandbox/broker/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "sandbox/broker/hold.h"
#include "sandbox/broker/path.h"
#include "sandbox/broker/refusal.h"

namespace tenon::sandbox::broker {

using base::Check;
using base::Fd;
using base::Problem;
using base::Result;

namespace {

constexpr int most_attempts = 16;

Problem not_a_file(const std::string& path, std::string_view what) {
    return {"broker.not-a-file", fmt::format("{} is {}", path, what), "ask for a regular file"};
}

std::string_view kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a FIFO";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

// What /proc says of a process, it says to the host, and so it would say it of the host.
bool is_of_proc(const Fd& held) {
    struct statfs system{};
    return ::fstatfs(held.get(), &system) != 0 || system.f_type == PROC_SUPER_MAGIC;
}

Check judge(const std::string& path, const Fd& held, const OpenFile& request, std::uint64_t most_bytes) {
    struct stat facts{};
    if (::fstat(held.get(), &facts) != 0) return cannot_open(path, errno);
    if (!S_ISREG(facts.st_mode)) return not_a_file(path, kind_of(facts.st_mode));
    if (is_of_proc(held)) return not_a_file(path, "a file of /proc, which would tell of the host");
    if (!request.changes() || request.truncate || static_cast<std::uint64_t>(facts.st_size) <= most_bytes) return {};
    return Problem{"broker.too-large",
                   fmt::format("{} has {} bytes; files of at most {} may be written", path, facts.st_size, most_bytes),
                   "raise file_size of the plugin's limits"};
}

int flags_of(const OpenFile& request) {
    const int access = request.access == OpenFile::Access::read    ? O_RDONLY
                       : request.access == OpenFile::Access::write ? O_WRONLY
                                                                   : O_RDWR;
    return access | (request.append ? O_APPEND : 0);
}

// Without O_NONBLOCK a lease that somebody holds on the file would keep this thread for as long as 45 seconds.
Result<Fd> reopen(const std::string& path, const Fd& held, const OpenFile& request) {
    const std::string name = name_of(held);
    const int flags = flags_of(request) | (request.truncate ? O_TRUNC : 0);
    Fd file(::open(name.c_str(), flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file) return cannot_open(path, errno);
    if (::fcntl(file.get(), F_SETFL, flags_of(request) & O_APPEND) != 0) return cannot_open(path, errno);
    return file;
}

}  // namespace

Check FileBroker::permit(const std::string& path, bool change) const {
    if (Check bad = check_path(path)) return bad;
    return broker::permit(rules_, path, change);
}

Result<Fd> FileBroker::open(const OpenFile& request) const {
    if (Check no = permit(request.path, request.changes())) return std::move(*no);
    for (int attempts = 0; attempts < most_attempts; ++attempts) {
        if (request.create) {
            Fd made = open_without_links(request.path, flags_of(request) | O_CREAT | O_EXCL, 0600);
            if (made) return made;
            if (errno != EEXIST || request.exclusive) return cannot_open(request.path, errno);
        }
        const Fd held = open_without_links(request.path, O_PATH, 0);
        if (!held && errno == ENOENT && request.create) continue;  // it was there a moment ago
        if (!held) return cannot_open(request.path, errno);
        if (Check no = judge(request.path, held, request, rules_.most_written_bytes)) return std::move(*no);
        return reopen(request.path, held, request);
    }
    return cannot_open(request.path, EBUSY);
}

Result<FileFacts> FileBroker::stat(const StatFile& request) const {
    if (Check no = permit(request.path, false)) return std::move(*no);
    const Fd held = open_without_links(request.path, O_PATH, 0);
    struct stat found{};
    if (!held || ::fstat(held.get(), &found) != 0) return cannot_open(request.path, errno);
    if (is_of_proc(held)) return not_a_file(request.path, "a file of /proc, which would tell of the host");
    FileFacts facts;
    facts.kind = S_ISREG(found.st_mode)   ? FileFacts::Kind::file
                 : S_ISDIR(found.st_mode) ? FileFacts::Kind::folder
                                          : FileFacts::Kind::other;
    facts.size = static_cast<std::uint64_t>(found.st_size);
    facts.modified_ns = found.st_mtim.tv_sec * std::int64_t{1'000'000'000} + found.st_mtim.tv_nsec;
    facts.writable = !permit(request.path, true);
    return facts;
}

}  // namespace tenon::sandbox::broker
