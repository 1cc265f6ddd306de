#include "loader/companions.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/openat2.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "base/fd.h"
#include "base/file.h"

namespace tenon::loader {

namespace {

constexpr int deepest = 32;
constexpr int most_tries = 100;

base::Problem failed(const std::string& path, std::string_view what, int error) {
    return {"stage.failed", fmt::format("{}: {}: {}", path, what, std::strerror(error)),
            "Check the free space and the permissions of the host's private folder."};
}

base::Problem failed_to_read(const std::string& path, std::string_view what, int error) {
    return {"stage.failed", fmt::format("{}: {}: {}", path, what, std::strerror(error)),
            "Check the plugin's folder, the disk it lies on, and the limit of open files."};
}

base::Problem changed(const std::string& path) {
    return {"stage.source-changed", fmt::format("{}: was changed while it was copied", path),
            "Load it again when its writer has finished; put builds in place by renaming."};
}

// The parts of a path without empty ones and "."; nothing if it is absolute or has a part "..".
std::optional<std::vector<std::string>> parts_of(const std::string& path) {
    std::vector<std::string> parts;
    for (const std::filesystem::path& part : std::filesystem::path(path)) {
        if (part == "/" || part == "..") return {};
        if (!part.empty() && part != ".") parts.push_back(part.string());
    }
    return parts;
}

// The same path for all spellings of it; nothing as above.
std::optional<std::string> plain(const std::string& path) {
    const auto parts = parts_of(path);
    if (!parts) return {};
    return parts->empty() ? "." : fmt::format("{}", fmt::join(*parts, "/"));
}

struct Opened {
    base::Fd fd;
    int error = 0;              // errno, if there is no fd
    bool through_link = false;  // and this is why
};

Opened not_opened(int error) {
    return {base::Fd(), error, false};
}

bool is_link(int folder, const std::string& name) {
    struct stat status{};
    return ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

// One part of a path, not through a link. Asked first because O_PATH would open the link itself.
Opened open_part(int folder, const std::string& part, int flags) {
    if (is_link(folder, part)) return {base::Fd(), ELOOP, true};
    base::Fd opened(::openat(folder, part.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
    if (!opened) return not_opened(errno);
    return {std::move(opened), 0, false};
}

Opened open_without_links(int folder, const std::string& path, int flags) {
    const auto parts = parts_of(path);
    if (!parts) return not_opened(EXDEV);
    if (parts->empty()) return open_part(folder, ".", flags);
    Opened at;
    for (std::size_t i = 0; i < parts->size(); ++i) {
        const bool last = i + 1 == parts->size();
        at = open_part(i == 0 ? folder : at.fd.get(), (*parts)[i], last ? flags : O_PATH | O_DIRECTORY);
        if (!at.fd) break;
    }
    return at;
}

// Opens a path below a folder; links that lead outside of it are refused by the kernel (EXDEV).
Opened open_beneath(int folder, const std::string& path, int flags, Links links) {
    if (links == Links::refused) return open_without_links(folder, path, flags);
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    // EAGAIN: something was renamed meanwhile, and the kernel cannot tell whether the path still is below the folder.
    for (int tries = 0; tries < most_tries; ++tries) {
        base::Fd opened(static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
        if (opened) return {std::move(opened), 0, false};
        if (errno == ENOSYS || errno == EPERM) return open_without_links(folder, path, flags);
        if (errno != EAGAIN && errno != EINTR) return not_opened(errno);
    }
    return not_opened(EAGAIN);
}

bool same_file_state(const struct stat& a, const struct stat& b) {
    const auto same = [](const timespec& x, const timespec& y) {
        return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec;
    };
    return a.st_size == b.st_size && same(a.st_mtim, b.st_mtim) && same(a.st_ctim, b.st_ctim);
}

class Copier {
public:
    Copier(base::Fd from, std::string from_path, std::string to, Links links)
        : from_(std::move(from)), from_path_(std::move(from_path)), to_(std::move(to)), links_(links) {}

    base::Check file(const std::string& path);
    base::Check folder(const std::string& path, int depth);

private:
    base::Check entry(int folder, const std::string& path, const std::string& name, int depth);
    base::Check contents(const std::string& path);
    base::Check bytes(const base::Fd& in, const std::string& path, const std::string& target);
    base::Check count(std::size_t files, std::uint64_t bytes);
    base::Result<base::Fd> open(const std::string& path, mode_t kind) const;
    base::Problem refusal(const std::string& path, const Opened& why) const;
    base::Problem missing(const std::string& path, std::string_view why) const;
    std::string source(const std::string& path) const { return from_path_ + "/" + path; }

    base::Fd from_;
    std::string from_path_;
    std::string to_;
    Links links_;
    std::set<std::string> copied_;
    std::size_t files_ = 0;
    std::uint64_t bytes_ = 0;
};

base::Problem Copier::missing(const std::string& path, std::string_view why) const {
    return {"stage.companion-missing",
            fmt::format("{}: is shipped beside the plugin, but cannot be read: {}", source(path), why),
            "Install the plugin with all that belongs to it, or correct `libraries` and `resources` in its manifest."};
}

base::Problem Copier::refusal(const std::string& path, const Opened& why) const {
    if (why.through_link)
        return {"stage.companion-outside",
                fmt::format("{}: leads through a link, and links cannot be followed safely here", source(path)),
                "Put the file itself there, not a link; or run where the system call openat2 is allowed (Linux 5.6)."};
    switch (why.error) {
        case EXDEV:
            return {"stage.companion-outside", fmt::format("{}: leads out of the plugin's folder", source(path)),
                    "Put the file itself beside the plugin, not a link to somewhere else."};
        case ENOENT:
        case ENOTDIR:
        case EACCES:
        case ELOOP:
            return missing(path, std::strerror(why.error));
        default:
            return failed_to_read(source(path), "cannot be opened", why.error);
    }
}

base::Check Copier::count(std::size_t files, std::uint64_t bytes) {
    files_ += files;
    bytes_ += bytes;
    if (files_ <= max_companion_files && bytes_ <= max_companion_bytes) return {};
    return base::Problem{"stage.companion-too-much",
                         fmt::format("{}: more than {} files or {} bytes are shipped beside the plugin", from_path_,
                                     max_companion_files, max_companion_bytes),
                         "Ship less, or keep large files in the plugin's data folder."};
}

// Looks before it opens: opening a device may do something, and a socket cannot be opened.
base::Result<base::Fd> Copier::open(const std::string& path, mode_t kind) const {
    const Opened look = open_beneath(from_.get(), path, O_PATH, links_);
    if (!look.fd) return refusal(path, look);
    struct stat status{};
    if (::fstat(look.fd.get(), &status) != 0) return failed_to_read(source(path), "cannot be read", errno);
    if ((status.st_mode & S_IFMT) != kind)
        return missing(path, kind == S_IFDIR ? "it is not a folder" : "it is not a regular file");
    Opened opened =
        open_beneath(from_.get(), path, O_RDONLY | O_NONBLOCK | (kind == S_IFDIR ? O_DIRECTORY : 0), links_);
    if (!opened.fd) return refusal(path, opened);
    return std::move(opened.fd);
}

// Copies until the end of the source, which is at most one byte behind where it was at first.
base::Check Copier::bytes(const base::Fd& in, const std::string& path, const std::string& target) {
    struct stat before{}, after{};
    if (::fstat(in.get(), &before) != 0) return failed_to_read(source(path), "cannot be read", errno);
    if (!S_ISREG(before.st_mode)) return changed(source(path));  // it was one a moment ago
    const auto size = static_cast<std::uint64_t>(before.st_size);
    if (base::Check problem = count(0, size)) return problem;
    const base::Fd out(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!out) return failed(target, "cannot be created", errno);
    std::uint64_t copied = 0;
    while (copied <= size) {
        const ssize_t done = ::sendfile(out.get(), in.get(), nullptr, size - copied + 1);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return failed(source(path), "cannot be copied to " + target, errno);
        if (done == 0) break;
        copied += static_cast<std::uint64_t>(done);
    }
    if (::fstat(in.get(), &after) != 0) return failed_to_read(source(path), "cannot be read", errno);
    if (!same_file_state(before, after) || copied != size) return changed(source(path));
    if (::fchmod(out.get(), 0400) != 0) return failed(target, "its mode cannot be set", errno);
    return {};
}

base::Check Copier::contents(const std::string& path) {
    if (copied_.count(path) != 0) return {};
    base::Result<base::Fd> in = open(path, S_IFREG);
    if (!in) return in.problem();
    if (base::Check problem = bytes(in.value(), path, to_ + "/" + path)) return problem;
    copied_.insert(path);
    return {};
}

base::Check Copier::file(const std::string& path) {
    if (base::Check problem = count(1, 0)) return problem;
    const std::string parent = std::filesystem::path(to_ + "/" + path).parent_path().string();
    if (base::Check problem = base::make_folder(parent)) return problem;
    return contents(path);
}

base::Check Copier::entry(int folder, const std::string& path, const std::string& name, int depth) {
    const std::string inside = path == "." ? name : path + "/" + name;
    struct stat status{};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return refusal(inside, not_opened(errno));
    if (S_ISLNK(status.st_mode)) {
        const Opened look = open_beneath(from_.get(), inside, O_PATH, links_);
        if (look.error == ENOENT || look.error == ENOTDIR) return {};  // it leads nowhere
        if (!look.fd) return refusal(inside, look);
        if (::fstat(look.fd.get(), &status) != 0) return failed_to_read(source(inside), "cannot be read", errno);
    }
    if (S_ISDIR(status.st_mode)) return this->folder(inside, depth + 1);
    return S_ISREG(status.st_mode) ? contents(inside) : base::Check();  // sockets and the like stay behind
}

base::Check Copier::folder(const std::string& path, int depth) {
    if (depth > deepest)
        return base::Problem{"stage.companion-too-much",
                             fmt::format("{}: folders are more than {} deep", source(path), deepest),
                             "Ship a flatter folder; look for a link to a folder above."};
    base::Result<base::Fd> in = open(path, S_IFDIR);
    if (!in) return in.problem();
    if (base::Check problem = base::make_folder(to_ + "/" + path)) return problem;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(in.value().get()), &::closedir);
    if (entries == nullptr) return failed_to_read(source(path), "cannot be listed", errno);
    const int folder = in.value().release();  // the list's now
    for (;;) {
        errno = 0;
        const dirent* const one = ::readdir(entries.get());
        if (one == nullptr && errno != 0) return failed_to_read(source(path), "cannot be listed", errno);
        if (one == nullptr) return {};
        const std::string name = one->d_name;
        if (name == "." || name == "..") continue;
        if (base::Check problem = count(1, 0)) return problem;
        if (base::Check problem = entry(folder, path, name, depth)) return problem;
    }
}

// The companions with plain paths, or the refusal of the first that is not below the folder.
base::Result<Companions> checked(const Companions& companions, const std::string& folder) {
    const auto outside = [&folder](const std::string& path) {
        return base::Problem{
            "stage.companion-outside",
            fmt::format("{}: \"{}\" is not below this folder: it is absolute or has a part \"..\"", folder, path),
            "Name it by its path from the folder of the plugin's library."};
    };
    Companions good;
    for (const std::string& library : companions.libraries) {
        const auto path = plain(library);
        if (!path) return outside(library);
        good.libraries.push_back(*path);
    }
    if (companions.resources.empty()) return good;
    const auto path = plain(companions.resources);
    if (!path) return outside(companions.resources);
    good.resources = *path;
    return good;
}

}  // namespace

base::Check copy_companions(const Companions& companions, const std::string& from, const std::string& to, Links links) {
    if (companions.empty()) return {};
    const std::string folder = from.empty() ? "." : from;
    base::Result<Companions> good = checked(companions, folder);
    if (!good) return good.problem();
    base::Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return failed_to_read(folder, "cannot be opened", errno);
    Copier copier(std::move(opened), folder, to, links);
    for (const std::string& library : good.value().libraries)
        if (base::Check problem = copier.file(library)) return problem;
    if (good.value().resources.empty()) return {};
    return copier.folder(good.value().resources, 0);
}

}  // namespace tenon::loader
