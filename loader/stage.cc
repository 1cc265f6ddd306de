#include "loader/stage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/file.h"
#include "loader/stable.h"

namespace tenon::loader {

namespace {

constexpr std::size_t max_id = 160;  // file names end at 255 bytes
constexpr int probes = 20;
constexpr struct timespec between_probes{0, 5'000'000};

base::Problem failed(const std::string& path, std::string_view what, int error) {
    return {"stage.failed", fmt::format("{}: {}: {}", path, what, std::strerror(error)),
            "Check the free space and the permissions of the host's private folder."};
}

bool fits_in_a_path(std::string_view id) {
    return !id.empty() && id.size() <= max_id && id[0] != '.' && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

// Removes the folder unless the copy was completed.
class FolderGuard {
public:
    explicit FolderGuard(std::string folder) : folder_(std::move(folder)) {}
    FolderGuard(const FolderGuard&) = delete;
    FolderGuard& operator=(const FolderGuard&) = delete;
    ~FolderGuard() {
        if (!folder_.empty()) base::remove_tree(folder_);
    }
    void keep() { folder_.clear(); }

private:
    std::string folder_;
};

bool write_all(int fd, const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t put = ::write(fd, bytes, size);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        bytes += put;
        size -= static_cast<std::size_t>(put);
    }
    return true;
}

bool same_file_state(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Probed a few times: a process that was forked just now and has not called exec yet has the descriptors of a writer
// that has finished.
base::Check finished(const base::Fd& file, const std::string& source) {
    for (int probe = 0; probe < probes; ++probe) {
        if (probe > 0) ::nanosleep(&between_probes, nullptr);
        if (stability(file) != Stable::being_written) return {};
    }
    return base::Problem{"reload.being-written",
                         fmt::format("{}: is still being written: somebody has it open for writing", source),
                         "The linker or installer that has it open must close it."};
}

// Copies until the end of the source and hashes what it copies.
base::Result<std::uint64_t> copy(const base::Fd& from, const std::string& source, const std::string& target) {
    const base::Fd to(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!to) return failed(target, "cannot be created", errno);
    struct stat before{}, after{};
    if (::fstat(from.get(), &before) != 0) return failed(source, "its size cannot be read", errno);
    const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> hash(XXH3_createState(), &XXH3_freeState);
    if (hash == nullptr || XXH3_64bits_reset(hash.get()) == XXH_ERROR) return failed(source, "hash", ENOMEM);
    std::vector<char> chunk(128 * 1024);
    off_t done = 0;
    for (;;) {
        const ssize_t got = ::pread(from.get(), chunk.data(), chunk.size(), done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed(source, "cannot be read", errno);
        if (got == 0 || done > before.st_size) break;  // a file that grows is refused below
        const auto size = static_cast<std::size_t>(got);
        XXH3_64bits_update(hash.get(), chunk.data(), size);
        if (!write_all(to.get(), chunk.data(), size)) return failed(target, "cannot be written", errno);
        done += got;
    }
    if (::fstat(from.get(), &after) != 0) return failed(source, "its size cannot be read", errno);
    if (!same_file_state(before, after) || done != after.st_size || stability(from) == Stable::being_written)
        return base::Problem{"stage.source-changed", fmt::format("{}: was changed while it was copied", source),
                             "Load it again when its writer has finished; put builds in place by renaming."};
    if (::fchmod(to.get(), 0500) != 0) return failed(target, "its mode cannot be set", errno);
    return std::uint64_t{XXH3_64bits_digest(hash.get())};
}

}  // namespace

base::Result<Staged> stage(const std::string& source, const std::string& private_folder, std::string_view id,
                           std::uint32_t generation, const Companions& companions) {
    if (!fits_in_a_path(id))
        return base::Problem{"stage.bad-id",
                             fmt::format("the plugin id \"{}\" cannot be part of a file name: it is empty, begins with "
                                         "a dot, is longer than {} bytes or has other characters than letters, digits, "
                                         ". _ -",
                                         id, max_id),
                             "Choose a reverse-DNS id such as com.example.shop."};
    base::Result<base::Fd> from = base::open_regular(source);
    if (!from) return from.problem();
    if (base::Check problem = finished(from.value(), source)) return *problem;
    if (base::Check problem = base::make_folder(private_folder)) return *problem;

    const std::string name = fmt::format("{}.g{}", id, generation);
    Staged staged{{}, fmt::format("{}/{}", private_folder, name), {}, 0};
    FolderGuard guard(staged.folder);
    if (::mkdir(staged.folder.c_str(), 0700) != 0) {
        const int why = errno;
        guard.keep();
        if (why == EEXIST)
            return base::Problem{"stage.exists",
                                 fmt::format("{}: there is already a copy of this generation", staged.folder),
                                 "Give each load a generation of its own."};
        return failed(staged.folder, "cannot be made", why);
    }
    const std::string unnamed = staged.folder + "/copy";
    base::Result<std::uint64_t> hash = copy(from.value(), source, unnamed);
    if (!hash) return hash.problem();
    staged.hash = hash.value();
    staged.path = fmt::format("{}/{}.{:08x}.so", staged.folder, name, staged.hash >> 32);
    if (::rename(unnamed.c_str(), staged.path.c_str()) != 0) return failed(staged.path, "cannot be named", errno);
    const std::string beside = std::filesystem::path(source).parent_path().string();
    if (base::Check problem = copy_companions(companions, beside, staged.folder)) return *problem;
    if (!companions.resources.empty()) staged.resources = staged.folder + "/" + companions.resources;
    guard.keep();
    return staged;
}

void unstage(const Staged& staged) {
    if (!staged.folder.empty()) base::remove_tree(staged.folder);
}

}  // namespace tenon::loader
