// What read_image said about libraries that have not changed since, kept in one file between runs.
//
// The cache saves reading, never checking: what is loaded is read again from the private copy (module.h). An answer is
// given only for the very file, in the very state, that it was read from: same path, device, inode, size, and both time
// stamps to the nanosecond. docs/decisions/0010-discovery-cache.md tells what that can miss.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/fd.h"
#include "base/result.h"
#include "loader/file_identity.h"
#include "loader/image.h"

namespace tenon::loader {

// A file whose stamps are not older than this when it is read is not kept: it could change again within one tick of
// its file system's clock, and nobody would see. The coarsest clocks tick every two seconds.
inline constexpr std::int64_t settling_seconds = 2;

// Whether a file of these stamps, read at `now` or later, can be told from what it may become.
bool is_settled(const FileIdentity& file, const Stamp& now);

// One thread at a time; find, and the functions that answer about the cache, may run on several. Objects, also in other
// processes, may share a file: each reads it whole, and the last that saves leaves its own.
class ImageCache {
public:
    // Reads the file; it need not exist. A file that cannot be used makes an empty cache, never a failure: problem()
    // tells why, for the log. Problems: "cache.damaged" (the next save replaces it), "cache.untrusted" and
    // "cache.unreadable" (it stays as it is: save does nothing). A cache of another version of Tenon is empty, too.
    static ImageCache open(std::string file);

    const base::Check& problem() const { return problem_; }
    std::size_t size() const { return entries_.size(); }

    // What read_image_file(path) answered when the file was this one.
    std::optional<base::Result<Image>> find(std::string_view path, const FileIdentity& file) const;

    // Keeps the answer in place of an earlier one about the path. Not kept: refusals of files that may yet be
    // completed, and what is very large.
    void keep(std::string_view path, const FileIdentity& file, const base::Result<Image>& answer);
    void forget(std::string_view path);
    // Forgets all below the folder for which `present` is false.
    void forget_gone(std::string_view folder, const std::function<bool(std::string_view path)>& present);

    // Writes the file, mode 0600, by renaming; makes its folder if need be. Nothing if nothing changed. Problem:
    // "file.unwritable".
    base::Check save();

private:
    struct Entry {
        FileIdentity file;
        std::string_view outcome;
    };

    explicit ImageCache(std::string file) : file_(std::move(file)) {}
    base::Fd open_trusted(std::uint64_t& size);
    base::Check read(const base::Fd& fd, std::uint64_t size);
    std::string_view store(std::string text);

    std::string file_;
    base::Check problem_;
    bool replaceable_ = true;
    bool changed_ = false;
    // The views in entries_ lead into these two, which never move their bytes.
    std::unique_ptr<char[]> bytes_;
    std::deque<std::string> added_;
    std::unordered_map<std::string_view, Entry> entries_;
};

}  // namespace tenon::loader
