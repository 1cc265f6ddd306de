#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace tenon::base {

namespace {

Problem unreadable(const std::string& path, int error) {
    return {"file.unreadable", fmt::format("{}: cannot be read: {}", path, std::strerror(error)),
            "Check that the path exists and that this user may read it."};
}

Problem unwritable(const std::string& path, int error) {
    return {"file.unwritable", fmt::format("{}: cannot be written: {}", path, std::strerror(error)),
            "Check the folder's permissions and the free space."};
}

Result<Fd> open_at(int folder, const std::string& name, const std::string& path) {
    Fd fd(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return unreadable(path, errno);
    struct stat facts{};
    if (::fstat(fd.get(), &facts) != 0) return unreadable(path, errno);
    if (!S_ISREG(facts.st_mode))
        return Problem{"file.not-regular", fmt::format("{}: is not a regular file", path), "Name a file."};
    return fd;
}

// Also where memory has run out, so that what could not be completed is not left: std::filesystem throws then.
void remove_at(int folder, const char* name) noexcept {
    if (::unlinkat(folder, name, 0) == 0 || errno == ENOENT) return;
    const int below = ::openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* const entries = below >= 0 ? ::fdopendir(below) : nullptr;
    if (entries == nullptr) {
        if (below >= 0) ::close(below);
    } else {
        while (const struct dirent* const entry = ::readdir(entries))
            if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
                remove_at(below, entry->d_name);
        ::closedir(entries);
    }
    ::unlinkat(folder, name, AT_REMOVEDIR);
}

Check write_all(const Fd& fd, const std::string& path, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(fd.get(), bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return unwritable(path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

}  // namespace

Result<Fd> open_regular(const std::string& path) {
    return open_at(AT_FDCWD, path, path);
}

Result<Fd> open_regular_at(const Fd& folder, const std::string& name, const std::string& path) {
    return open_at(folder.get(), name, path);
}

Result<std::string> read_all(const Fd& fd, const std::string& path, std::uint64_t limit) {
    std::string bytes;
    std::string chunk(64 * 1024, '\0');
    for (;;) {
        const ssize_t got = ::pread(fd.get(), chunk.data(), chunk.size(), static_cast<off_t>(bytes.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unreadable(path, errno);
        if (got == 0) return bytes;
        if (bytes.size() + static_cast<std::size_t>(got) > limit)
            return Problem{"file.too-large", fmt::format("{}: is larger than the limit of {} bytes", path, limit), ""};
        bytes.append(chunk, 0, static_cast<std::size_t>(got));
    }
}

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
    Result<Fd> fd = open_regular(path);
    if (!fd) return fd.problem();
    return read_all(fd.value(), path, limit);
}

Check write_file(const std::string& path, std::string_view bytes) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return unwritable(path, errno);
    return write_all(fd, path, bytes);
}

Check replace_file(const std::string& path, std::string_view bytes) {
    std::string unfinished = path + ".XXXXXX";
    const Fd fd(::mkostemp(unfinished.data(), O_CLOEXEC));
    if (!fd) return unwritable(path, errno);
    Check problem = write_all(fd, path, bytes);
    if (!problem && ::rename(unfinished.c_str(), path.c_str()) != 0) problem = unwritable(path, errno);
    if (problem) ::unlink(unfinished.c_str());
    return problem;
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator at(path, error);
    for (const std::filesystem::directory_iterator end; !error && at != end; at.increment(error))
        names.push_back(at->path().filename().string());
    if (error) return unreadable(path, error.value());
    std::sort(names.begin(), names.end());
    return names;
}

bool is_folder(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
}

Check make_folder(const std::string& path) {
    std::error_code error;
    if (is_folder(path)) return {};
    const std::string parent = std::filesystem::path(path).parent_path().string();
    if (!parent.empty() && !is_folder(parent))
        if (Check problem = make_folder(parent)) return problem;
    if (::mkdir(path.c_str(), 0700) == 0) return {};
    // Somebody else may have made it meanwhile, or there is a file of that name.
    const int why = errno;
    if (why == EEXIST && is_folder(path)) return {};
    return unwritable(path, why);
}

Result<std::string> make_unique_folder(const std::string& parent, std::string_view prefix) {
    if (Check problem = make_folder(parent)) return *problem;
    std::string path = fmt::format("{}/{}XXXXXX", parent, prefix);
    if (::mkdtemp(path.data()) == nullptr) return unwritable(path, errno);
    return path;
}

void remove_tree(const std::string& path) noexcept {
    remove_at(AT_FDCWD, path.c_str());
}

std::string temporary_folder() {
    const char* const chosen = std::getenv("TMPDIR");
    return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
}

}  // namespace tenon::base
