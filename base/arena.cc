#include "base/arena.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace tenon::base {

namespace {
constexpr std::uint64_t first_block = 16 * 1024;
}

void* Arena::alloc(std::uint64_t size, std::uint64_t alignment) noexcept {
    if (alignment == 0 || alignment > 16 || (alignment & (alignment - 1)) != 0) return nullptr;
    if (size > limit_ - given_) return nullptr;
    std::uint64_t start = (used_ + alignment - 1) / alignment * alignment;
    if (blocks_.empty() || start > blocks_.back().size || size > blocks_.back().size - start) {
        if (!grow(size)) return nullptr;
        start = 0;
    }
    std::byte* const memory = blocks_.back().memory.get() + start;
    used_ = start + size;
    given_ += size;
    std::memset(memory, 0, size);
    return memory;
}

bool Arena::grow(std::uint64_t size) noexcept {
    const std::uint64_t last = blocks_.empty() ? first_block / 2 : blocks_.back().size;
    const std::uint64_t wanted = std::max(size, last * 2);
    try {
        blocks_.reserve(blocks_.size() + 1);
        blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[wanted]), wanted});
    } catch (const std::bad_alloc&) {
        return false;
    }
    used_ = 0;
    return true;
}

void Arena::reset() noexcept {
    if (blocks_.size() > 1) {  // the newest block is the largest
        std::swap(blocks_.front(), blocks_.back());
        blocks_.resize(1);
    }
    used_ = 0;
    given_ = 0;
}

}  // namespace tenon::base
