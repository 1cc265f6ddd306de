// Which file, and in which state, as far as the file system tells without a look inside.
#pragma once

#include <sys/stat.h>

#include <compare>
#include <cstdint>

namespace tenon::loader {

// A point of time of a file system or a clock, since 1970.
struct Stamp {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;

    friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

// Equal for two looks at one file, if nobody changed it in between and its time stamps are fine enough to tell. Nobody
// can set `changed` to a time of his choice.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;  // bytes
    Stamp modified;          // st_mtim
    Stamp changed;           // st_ctim

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

inline FileIdentity identity_of(const struct stat& facts) {
    return {facts.st_dev,
            facts.st_ino,
            static_cast<std::uint64_t>(facts.st_size),
            {facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec},
            {facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec}};
}

}  // namespace tenon::loader
