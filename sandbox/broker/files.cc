// The file is first held without being opened (O_PATH), because to open a device or a FIFO is to use it; once it is
// known to be a regular file, that same file is opened through /proc/self/fd.
#include "sandbox/broker/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
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

bool any_matches(const std::vector<Glob>& globs, const std::string& path) {
    return std::any_of(globs.begin(), globs.end(), [&](const Glob& glob) { return glob.matches(path); });
}

// A denied folder denies what is in it.
std::vector<Glob> with_all_below(std::vector<Glob> globs) {
    for (std::size_t i = globs.size(); i-- > 0;)
        if (Result<Glob> below = Glob::parse(globs[i].text() == "/" ? "/**" : globs[i].text() + "/**"); below)
            globs.push_back(below.take());
    return globs;
}

}  // namespace

FileBroker::FileBroker(FileRules rules) : rules_(std::move(rules)) {
    rules_.deny = with_all_below(std::move(rules_.deny));
}

Check FileBroker::permit(const std::string& path, bool change) const {
    if (Check bad = check_path(path)) return bad;
    const std::string permission = fmt::format("{}:{}", change ? "write" : "read", path);
    if (!any_matches(rules_.write, path) && (change || !any_matches(rules_.read, path))) return denied(permission);
    for (const Glob& glob : rules_.deny)
        if (glob.matches(path)) return denied_by(permission, glob.text());
    return {};
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
    struct stat facts{};
    if (!held || ::fstat(held.get(), &facts) != 0) return cannot_open(request.path, errno);
    if (is_of_proc(held)) return not_a_file(request.path, "a file of /proc, which would tell of the host");
    const FileFacts::Kind kind = S_ISREG(facts.st_mode)   ? FileFacts::Kind::file
                                 : S_ISDIR(facts.st_mode) ? FileFacts::Kind::folder
                                                          : FileFacts::Kind::other;
    return FileFacts{kind, static_cast<std::uint64_t>(facts.st_size), facts.st_mtim.tv_sec};
}

}  // namespace tenon::sandbox::broker
