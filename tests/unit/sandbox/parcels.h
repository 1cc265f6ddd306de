// Parcels, and their way through frames.
#pragma once

#include <tenon/status.h>

#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <tenon/types.hpp>
#include <vector>

#include "sandbox/wire.h"
#include "tests/support/catch.h"
#include "tests/unit/sandbox/wire_contract.h"

namespace tenon::sandbox::fixtures {

using Frame = std::vector<std::byte>;

inline const loader::Contract& parcels() {
    static const loader::Contract contract = [] {
        auto read = loader::read_contracts(parcel_contract::records, "parcels");
        INFO((read ? "" : read.problem().text));
        REQUIRE(read);
        return read.value().at(0);
    }();
    return contract;
}

inline const Wire& wire() {
    static const Wire made(parcels());
    return made;
}

// Blocks of exactly the size that was asked for, so that an access beyond one is seen.
class Blocks {
public:
    Allocator allocator() { return {this, &Blocks::alloc}; }
    std::size_t made() const { return blocks_.size(); }

private:
    struct Free {
        void operator()(void* block) const { std::free(block); }
    };
    static void* alloc(void* self, std::uint64_t size, std::uint64_t alignment) noexcept {
        void* block = nullptr;
        if (posix_memalign(&block, alignment, size) != 0) return nullptr;
        std::memset(block, 0xee, size);
        static_cast<Blocks*>(self)->blocks_.emplace_back(block);
        return block;
    }
    std::deque<std::unique_ptr<void, Free>> blocks_;
};

// The frame, which must be there; in memory of exactly its size.
inline Frame framed(std::uint32_t type, const void* value) {
    const Encoded needed = wire().encode(type, value, {});
    REQUIRE(needed.status == TENON_E_FULL);
    Frame frame(needed.size, std::byte{0xee});
    const Encoded encoded = wire().encode(type, value, frame);
    REQUIRE(encoded.status == TENON_OK);
    REQUIRE(encoded.size == frame.size());
    return frame;
}

inline Frame framed(const parcel& value) {
    return framed(TENON_INDEX_parcel, &value);
}

inline Decoded decoded(const Frame& frame, Blocks& blocks, Strictness strictness = Strictness::host_side,
                       std::uint32_t type = TENON_INDEX_parcel) {
    return wire().decode(type, frame, blocks.allocator(), strictness);
}

// What arrives; it must arrive, and makes the same frame again.
inline parcel carried(const parcel& value, Blocks& blocks) {
    const Frame frame = framed(value);
    const Decoded there = decoded(frame, blocks);
    INFO(what_is_wrong(there));
    REQUIRE(there.status == TENON_OK);
    REQUIRE(there.value != nullptr);
    CHECK(framed(TENON_INDEX_parcel, there.value) == frame);
    parcel copy{};
    std::memcpy(&copy, there.value, sizeof copy);
    return copy;
}

inline std::string text_of(tenon_bytes bytes) {
    return {static_cast<const char*>(bytes.data), bytes.size};
}

}  // namespace tenon::sandbox::fixtures
