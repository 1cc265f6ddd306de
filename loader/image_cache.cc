#include "loader/image_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/fd.h"
#include "base/file.h"
#include "loader/image_cache_format.h"

namespace tenon::loader {

namespace {

base::Problem unreadable(const std::string& file, int error) {
    return {"cache.unreadable", fmt::format("{}: the image cache cannot be read: {}", file, std::strerror(error)),
            "Check the path of the cache and its permissions, or choose another one."};
}

base::Problem untrusted(const std::string& file, std::string_view why) {
    return {"cache.untrusted", fmt::format("{}: the image cache is not trusted: {}", file, why),
            "Remove it, or choose another path."};
}

// A cache decides what is shown about a library: only its owner may have written it.
base::Check judge_trust(const std::string& file, const struct stat& facts) {
    if (!S_ISREG(facts.st_mode)) return untrusted(file, "it is not a regular file");
    if (facts.st_uid != ::geteuid())
        return untrusted(file, fmt::format("it belongs to user {}, not to user {}", facts.st_uid, ::geteuid()));
    if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return untrusted(file, fmt::format("others may write it (mode {:04o})", facts.st_mode & 07777u));
    return {};
}

// False if there are less bytes than that.
bool read_exactly(const base::Fd& fd, char* bytes, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(fd.get(), bytes + done, size - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        done += static_cast<std::size_t>(got);
    }
    return true;
}

// Only answers that another look would give again: a file that is cut off or damaged may be one that is still being
// written through a mapping, which leaves no stamp for a while.
bool is_final(const base::Result<Image>& answer) {
    if (answer) return true;
    const std::string& id = answer.problem().id;
    return id == "image.not-elf" || id == "image.no-note" || id == "image.wrong-machine";
}

bool is_below(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

bool is_settled(const FileIdentity& file, const Stamp& now) {
    const Stamp limit{now.seconds - settling_seconds, now.nanoseconds};
    return file.modified < limit && file.changed < limit;
}

ImageCache ImageCache::open(std::string file) {
    ImageCache cache(std::move(file));
    std::uint64_t size = 0;
    const base::Fd fd = cache.open_trusted(size);
    if (fd) cache.problem_ = cache.read(fd, size);
    return cache;
}

// No descriptor if there is no file, or if it is one to leave alone.
base::Fd ImageCache::open_trusted(std::uint64_t& size) {
    base::Fd fd(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!fd && errno == ENOENT) return fd;
    struct stat facts{};
    if (!fd && errno == ELOOP)
        problem_ = untrusted(file_, "it is a symbolic link");
    else if (!fd || ::fstat(fd.get(), &facts) != 0)
        problem_ = unreadable(file_, errno);
    else
        problem_ = judge_trust(file_, facts);
    if (problem_) fd.close();
    replaceable_ = !problem_;
    size = static_cast<std::uint64_t>(facts.st_size);
    return fd;
}

base::Check ImageCache::read(const base::Fd& fd, std::uint64_t size) {
    changed_ = true;  // until the file proves to be of use
    if (size > max_cache_size)
        return damaged_cache(file_, fmt::format("has {} bytes; the limit is {}", size, max_cache_size));
    bytes_ = std::make_unique_for_overwrite<char[]>(size);
    if (!read_exactly(fd, bytes_.get(), size)) return damaged_cache(file_, "became shorter while it was read");
    const base::Result<std::vector<CacheEntry>> entries = decode_cache({bytes_.get(), size}, file_);
    if (!entries) return entries.problem();
    changed_ = entries.value().empty();
    entries_.reserve(entries.value().size());
    for (const CacheEntry& entry : entries.value()) entries_.emplace(entry.path, Entry{entry.identity, entry.outcome});
    return {};
}

std::string_view ImageCache::store(std::string text) {
    return added_.emplace_back(std::move(text));
}

std::optional<base::Result<Image>> ImageCache::find(std::string_view path, const FileIdentity& file) const {
    const auto found = entries_.find(path);
    if (found == entries_.end() || found->second.file != file) return {};
    return decode_outcome(found->second.outcome, path);
}

void ImageCache::keep(std::string_view path, const FileIdentity& file, const base::Result<Image>& answer) {
    forget(path);
    if (!is_final(answer)) return;
    std::string outcome = encode_outcome(answer);
    if (outcome.size() > max_outcome_size) return;
    entries_.emplace(store(std::string(path)), Entry{file, store(std::move(outcome))});
    changed_ = true;
}

void ImageCache::forget(std::string_view path) {
    if (entries_.erase(path) > 0) changed_ = true;
}

void ImageCache::forget_gone(std::string_view folder, const std::function<bool(std::string_view path)>& present) {
    const std::size_t gone = std::erase_if(
        entries_, [&](const auto& entry) { return is_below(entry.first, folder) && !present(entry.first); });
    if (gone > 0) changed_ = true;
}

base::Check ImageCache::save() {
    if (!changed_ || !replaceable_) return {};
    std::vector<CacheEntry> entries;
    entries.reserve(entries_.size());
    for (const auto& [path, entry] : entries_) entries.push_back({path, entry.file, entry.outcome});
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    const std::string folder = std::filesystem::path(file_).parent_path().string();
    if (!folder.empty())
        if (base::Check problem = base::make_folder(folder)) return problem;
    base::Check problem = base::replace_file(file_, encode_cache(entries));
    if (!problem) changed_ = false;
    return problem;
}

}  // namespace tenon::loader
