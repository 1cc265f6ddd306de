#include "loader/scan.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "base/file.h"
#include "loader/scan_walk.h"
#include "loader/source.h"

namespace tenon::loader {

namespace {

using Clock = std::chrono::steady_clock;

Stamp system_time() {
    struct timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return {now.tv_sec, now.tv_nsec};
}

std::string without_slashes(std::string folder) {
    while (!folder.empty() && folder.back() == '/') folder.pop_back();
    return folder;
}

std::uint64_t bytes_of(const Image& image) {
    std::uint64_t bytes = image.note.size() + image.manifest.size() + image.records.size() * sizeof(tenon_record);
    for (const std::string& name : image.needed) bytes += sizeof(std::string) + name.size();
    for (const NeededVersion& need : image.versions)
        bytes += sizeof(NeededVersion) + need.library.size() + need.version.size();
    return bytes + image.soname.size();
}

base::Problem too_much(const std::string& path, std::uint64_t limit) {
    return {"scan.too-many",
            fmt::format("{}: what the files say of themselves is more than {} bytes with this one; it is left out",
                        path, limit),
            "Name a folder that has plugins only."};
}

// Reads one file after the other into the rows of a scan.
class Rows {
public:
    Rows(const base::Fd& root, const Stamp& now, ImageCache* cache, std::uint64_t max_bytes, Scan& out)
        : root_(root), now_(now), cache_(cache), max_bytes_(max_bytes), out_(out) {}

    void add(const std::string& name, const std::string& path) {
        const Clock::time_point begin = Clock::now();
        struct stat facts{};
        const int error = ::fstatat(root_.get(), name.c_str(), &facts, 0) == 0 ? 0 : errno;
        if (is_gone(error)) return out_.problems.push_back(why_not(root_, name, path, error));
        if (error == 0 && !S_ISREG(facts.st_mode)) return out_.problems.push_back(not_regular(path));
        std::optional<ScanRow> row;
        if (error == 0) row = from_cache(path, identity_of(facts));
        if (!row) row = read(name, path);
        if (!row) return;
        limit(*row);
        const auto time = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
        row->microseconds = static_cast<std::uint32_t>(std::min<std::int64_t>(time.count(), UINT32_MAX));
        out_.rows.push_back(std::move(*row));
    }

private:
    static bool is_gone(int error) { return error == ENOENT || error == ENOTDIR || error == ELOOP; }

    std::optional<ScanRow> from_cache(const std::string& path, const FileIdentity& file) const {
        if (cache_ == nullptr) return {};
        std::optional<base::Result<Image>> known = cache_->find(path, file);
        if (!known) return {};
        return ScanRow{path, file, std::move(*known), true};
    }

    // The cache, which has a limit of its own, keeps what was read.
    void limit(ScanRow& row) {
        const std::uint64_t size = row.outcome ? bytes_of(row.outcome.value()) : 0;
        if (size > max_bytes_ - bytes_)
            row.outcome = too_much(row.path, max_bytes_);
        else
            bytes_ += size;
    }

    // Nothing if the file has vanished.
    std::optional<ScanRow> read(const std::string& name, const std::string& path) {
        if (cache_ != nullptr) cache_->forget(path);
        base::Result<base::Fd> opened = base::open_regular_at(root_, name, path);
        if (!opened) return unopened(name, path, opened.problem());
        const int fd = opened.value().get();
        base::Result<FileSource> source = FileSource::adopt(opened.take(), path);
        if (!source) return ScanRow{path, {}, source.problem()};
        struct stat facts{};
        const bool known = ::fstat(fd, &facts) == 0;
        // A change from now on makes another identity, under which what is read here is not found.
        ScanRow row{path, identity_of(facts), read_image(source.value(), path)};
        if (cache_ != nullptr && known && is_settled(row.file, now_)) cache_->keep(path, row.file, row.outcome);
        return row;
    }

    std::optional<ScanRow> unopened(const std::string& name, const std::string& path, const base::Problem& problem) {
        struct stat facts{};
        const int error = ::fstatat(root_.get(), name.c_str(), &facts, 0) == 0 ? 0 : errno;
        if (!is_gone(error)) return ScanRow{path, {}, problem};
        out_.problems.push_back(why_not(root_, name, path, error));
        return {};
    }

    const base::Fd& root_;
    const Stamp now_;
    ImageCache* const cache_;
    const std::uint64_t max_bytes_;
    std::uint64_t bytes_ = 0;  // that the rows hold
    Scan& out_;
};

bool has_row(const Scan& scan, std::string_view path) {
    const auto at = std::lower_bound(scan.rows.begin(), scan.rows.end(), path,
                                     [](const ScanRow& row, std::string_view wanted) { return row.path < wanted; });
    return at != scan.rows.end() && at->path == path;
}

}  // namespace

Scan scan(const std::string& folder, const ScanOptions& options, ImageCache* cache) {
    Scan out;
    if (folder.empty()) return {{}, {unreadable_folder(folder, ENOENT)}};  // not the root of the file system
    const std::string prefix = without_slashes(folder);
    const Stamp now = options.now ? options.now() : system_time();
    Walked walked = walk(prefix, {options.max_depth, options.max_entries});
    if (options.listed) options.listed();
    out.problems = std::move(walked.problems);
    out.rows.reserve(walked.names.size());
    Rows rows(walked.root, now, cache, options.max_bytes, out);
    for (const std::string& name : walked.names) rows.add(name, prefix + "/" + name);
    if (cache != nullptr && walked.complete)
        cache->forget_gone(prefix, [&](std::string_view path) { return has_row(out, path); });
    std::sort(out.problems.begin(), out.problems.end(), [](const auto& a, const auto& b) { return a.text < b.text; });
    return out;
}

}  // namespace tenon::loader
