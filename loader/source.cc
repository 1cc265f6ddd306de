#include "loader/source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"

namespace tenon::loader {

namespace {

bool inside(std::uint64_t offset, std::size_t size, std::uint64_t limit) {
    return offset <= limit && size <= limit - offset;
}

}  // namespace

base::Result<FileSource> FileSource::open(const std::string& path) {
    base::Result<base::Fd> fd = base::open_regular(path);
    if (!fd) return fd.problem();
    return adopt(fd.take(), path);
}

base::Result<FileSource> FileSource::adopt(base::Fd fd, const std::string& path) {
    struct stat facts{};
    if (::fstat(fd.get(), &facts) != 0 || facts.st_size < 0)
        return base::Problem{"file.unreadable", path + ": its size cannot be read: " + std::strerror(errno), ""};
    return FileSource(std::move(fd), static_cast<std::uint64_t>(facts.st_size));
}

bool FileSource::read(std::uint64_t offset, void* out, std::size_t size) const {
    if (!inside(offset, size, size_)) return false;
    char* at = static_cast<char*>(out);
    while (size > 0) {
        const ssize_t got = ::pread(fd_.get(), at, size, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        offset += static_cast<std::uint64_t>(got);
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool MemorySource::read(std::uint64_t offset, void* out, std::size_t size) const {
    if (!inside(offset, size, bytes_.size())) return false;
    if (size > 0) std::memcpy(out, bytes_.data() + offset, size);
    return true;
}

}  // namespace tenon::loader
