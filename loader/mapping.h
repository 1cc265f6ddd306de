// Where a library lies in this process.
#pragma once

#include <elf.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tenon::loader {

struct Mapping {
    struct Segment {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        std::uint32_t flags = 0;  // PF_R, PF_W, PF_X
    };

    std::uintptr_t base = 0;  // where the file's address 0 lies
    std::vector<Segment> segments;

    // Whether all of `size` bytes from there on are in one segment that has all these flags.
    bool has(const void* address, std::uint64_t size, std::uint32_t flags) const;
};

// The mapping of the library that was loaded by exactly this path, if it is loaded. Any thread.
std::optional<Mapping> find_mapping(const std::string& path);
// Whether it is; needs no memory. Any thread.
bool is_mapped(const std::string& path) noexcept;

}  // namespace tenon::loader
