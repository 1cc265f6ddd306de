// Memory of one scope: given out forwards, taken back all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tenon::base {

// Used by one thread at a time. Keeps its largest block when reset, so that a warm scope allocates nothing.
class Arena {
public:
    // `limit`: bytes that may be given out between two resets.
    explicit Arena(std::uint64_t limit) : limit_(limit) {}

    // Zero-filled; alignment a power of two up to 16. nullptr beyond the limit, without memory, or for another
    // alignment. A size of 0 gives a pointer that must not be read.
    void* alloc(std::uint64_t size, std::uint64_t alignment) noexcept;
    void reset() noexcept;

private:
    struct Block {
        std::unique_ptr<std::byte[]> memory;
        std::uint64_t size = 0;
    };
    bool grow(std::uint64_t size) noexcept;

    std::uint64_t limit_;
    std::uint64_t given_ = 0;
    std::uint64_t used_ = 0;  // of the last block
    std::vector<Block> blocks_;
};

}  // namespace tenon::base
