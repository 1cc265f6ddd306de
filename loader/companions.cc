#include "loader/companions.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include "base/fd.h"
#include "base/file.h"

namespace tenon::loader {

namespace {

constexpr int deepest = 32;

base::Problem failed(const std::string& path, std::string_view what, int error) {
    return {"stage.failed", fmt::format("{}: {}: {}", path, what, std::strerror(error)),
            "Check the free space and the permissions of the host's private folder."};
}

// Opens a path below a folder; links that lead outside of it are refused by the kernel.
int open_beneath(int folder, const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC | O_NONBLOCK);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
}

class Copier {
public:
    Copier(base::Fd from, std::string from_path, std::string to)
        : from_(std::move(from)), from_path_(std::move(from_path)), to_(std::move(to)) {}

    base::Check file(const std::string& path);
    base::Check folder(const std::string& path, int depth);

private:
    base::Check entry(const std::string& path, const std::string& name, int depth);
    base::Check contents(const base::Fd& in, const std::string& path);
    base::Check count(std::uint64_t bytes);
    base::Problem not_opened(const std::string& path, int error) const;

    base::Fd from_;
    std::string from_path_;
    std::string to_;
    std::size_t files_ = 0;
    std::uint64_t bytes_ = 0;
};

base::Problem Copier::not_opened(const std::string& path, int error) const {
    if (error == EXDEV)
        return {"stage.companion-outside", fmt::format("{}/{}: leads out of the plugin's folder", from_path_, path),
                "Put the file itself beside the plugin, not a link to somewhere else."};
    return {
        "stage.companion-missing",
        fmt::format("{}/{}: the manifest names it, but it cannot be read: {}", from_path_, path, std::strerror(error)),
        "Install the plugin with everything that its manifest lists, or correct the manifest."};
}

base::Check Copier::count(std::uint64_t bytes) {
    bytes_ += bytes;
    if (++files_ <= max_companion_files && bytes_ <= max_companion_bytes) return {};
    return base::Problem{"stage.companion-too-much",
                         fmt::format("{}: more than {} files or {} bytes are shipped beside the plugin", from_path_,
                                     max_companion_files, max_companion_bytes),
                         "Ship less, or keep large files in the plugin's data folder."};
}

base::Check Copier::contents(const base::Fd& in, const std::string& path) {
    struct stat status{};
    if (::fstat(in.get(), &status) != 0) return failed(path, "cannot be read", errno);
    if (!S_ISREG(status.st_mode)) return not_opened(path, ENOENT);
    if (base::Check problem = count(static_cast<std::uint64_t>(status.st_size))) return problem;
    const std::string target = to_ + "/" + path;
    const base::Fd out(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!out) return failed(target, "cannot be created", errno);
    for (std::uint64_t left = static_cast<std::uint64_t>(status.st_size); left > 0;) {
        const ssize_t done = ::sendfile(out.get(), in.get(), nullptr, left);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return failed(target, "cannot be written", errno);
        if (done == 0) break;  // it became shorter
        left -= static_cast<std::uint64_t>(done);
    }
    if (::fchmod(out.get(), 0400) != 0) return failed(target, "its mode cannot be set", errno);
    return {};
}

base::Check Copier::file(const std::string& path) {
    const base::Fd in(open_beneath(from_.get(), path, O_RDONLY));
    if (!in) return not_opened(path, errno);
    const std::string parent = std::filesystem::path(to_ + "/" + path).parent_path().string();
    if (base::Check problem = base::make_folder(parent)) return problem;
    return contents(in, path);
}

base::Check Copier::entry(const std::string& path, const std::string& name, int depth) {
    const std::string inside = path + "/" + name;
    const base::Fd in(open_beneath(from_.get(), inside, O_RDONLY));
    if (!in) return not_opened(inside, errno);
    struct stat status{};
    if (::fstat(in.get(), &status) != 0) return failed(inside, "cannot be read", errno);
    if (S_ISDIR(status.st_mode)) return folder(inside, depth + 1);
    return S_ISREG(status.st_mode) ? contents(in, inside) : base::Check();  // sockets and the like stay behind
}

base::Check Copier::folder(const std::string& path, int depth) {
    if (depth > deepest)
        return base::Problem{"stage.companion-too-much",
                             fmt::format("{}/{}: folders are more than {} deep", from_path_, path, deepest),
                             "Ship a flatter folder; look for a link to a folder above."};
    base::Fd in(open_beneath(from_.get(), path, O_RDONLY | O_DIRECTORY));
    if (!in) return not_opened(path, errno);
    if (base::Check problem = base::make_folder(to_ + "/" + path)) return problem;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(in.get()), &::closedir);
    if (entries == nullptr) return failed(path, "cannot be listed", errno);
    static_cast<void>(in.release());  // the list's now
    while (const dirent* const one = ::readdir(entries.get())) {
        const std::string name = one->d_name;
        if (name == "." || name == "..") continue;
        if (base::Check problem = count(0)) return problem;
        if (base::Check problem = entry(path, name, depth)) return problem;
    }
    return {};
}

}  // namespace

base::Check copy_companions(const Companions& companions, const std::string& from, const std::string& to) {
    if (companions.empty()) return {};
    const std::string folder = from.empty() ? "." : from;
    base::Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return failed(folder, "cannot be opened", errno);
    Copier copier(std::move(opened), folder, to);
    for (const std::string& library : companions.libraries)
        if (base::Check problem = copier.file(library)) return problem;
    if (companions.resources.empty()) return {};
    return copier.folder(companions.resources, 0);
}

}  // namespace tenon::loader
