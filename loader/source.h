// The bytes of a candidate library, read at any place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace tenon::loader {

// Reading changes nothing, so one source may be read on several threads.
class Source {
public:
    virtual ~Source() = default;
    virtual std::uint64_t size() const = 0;
    // Fills `out` with exactly `size` bytes. False, with `out` undefined, if they are not all there or cannot be read.
    virtual bool read(std::uint64_t offset, void* out, std::size_t size) const = 0;
};

// An open regular file. Its size is what it was when it was opened; a file that shrinks later fails to read.
class FileSource final : public Source {
public:
    // Problems: "file.unreadable", "file.not-regular".
    static base::Result<FileSource> open(const std::string& path);
    // Takes a regular file that is open. Problem: "file.unreadable".
    static base::Result<FileSource> adopt(base::Fd fd, const std::string& path);

    std::uint64_t size() const override { return size_; }
    bool read(std::uint64_t offset, void* out, std::size_t size) const override;

private:
    FileSource(base::Fd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}

    base::Fd fd_;
    std::uint64_t size_;
};

// Bytes that somebody else keeps alive.
class MemorySource final : public Source {
public:
    explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}

    std::uint64_t size() const override { return bytes_.size(); }
    bool read(std::uint64_t offset, void* out, std::size_t size) const override;

private:
    std::string_view bytes_;
};

}  // namespace tenon::loader
