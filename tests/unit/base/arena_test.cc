#include "base/arena.h"

#include <cstring>

#include "tests/support/catch.h"

using namespace tenon;

TEST_CASE("an arena gives zero-filled memory with the alignment that was asked for") {
    base::Arena arena(1 << 20);
    for (const std::uint64_t alignment : {1u, 2u, 4u, 8u, 16u}) {
        auto* const memory = static_cast<unsigned char*>(arena.alloc(33, alignment));
        REQUIRE(memory != nullptr);
        CHECK(reinterpret_cast<std::uintptr_t>(memory) % alignment == 0);
        for (int i = 0; i < 33; ++i) CHECK(memory[i] == 0);
        std::memset(memory, 0xff, 33);
    }
}

TEST_CASE("memory that was used before a reset comes back as zeros") {
    base::Arena arena(1 << 20);
    void* const first = arena.alloc(64, 8);
    std::memset(first, 0xff, 64);
    arena.reset();
    auto* const again = static_cast<unsigned char*>(arena.alloc(64, 8));
    CHECK(static_cast<void*>(again) == first);
    CHECK(again[0] == 0);
    CHECK(again[63] == 0);
}

TEST_CASE("an arena refuses what is beyond its limit and goes on with what is within") {
    base::Arena arena(1000);
    CHECK(arena.alloc(1001, 1) == nullptr);
    CHECK(arena.alloc(900, 1) != nullptr);
    CHECK(arena.alloc(101, 1) == nullptr);
    CHECK(arena.alloc(100, 1) != nullptr);
    arena.reset();
    CHECK(arena.alloc(1000, 1) != nullptr);
}

TEST_CASE("an arena refuses alignments that are no power of two up to 16") {
    base::Arena arena(1000);
    CHECK(arena.alloc(8, 0) == nullptr);
    CHECK(arena.alloc(8, 3) == nullptr);
    CHECK(arena.alloc(8, 32) == nullptr);
}

TEST_CASE("a request larger than any block gets a block of its own, and what came before stays readable") {
    base::Arena arena(1 << 30);
    auto* const small = static_cast<char*>(arena.alloc(6, 1));
    std::memcpy(small, "tenon", 6);
    auto* const large = static_cast<char*>(arena.alloc(1 << 20, 16));
    REQUIRE(large != nullptr);
    large[(1 << 20) - 1] = 'x';
    CHECK(std::string(small) == "tenon");
    arena.reset();
    CHECK(arena.alloc(1 << 20, 16) == large);  // the largest block was kept
}

TEST_CASE("a size that would overflow is refused") {
    base::Arena arena(UINT64_MAX);
    CHECK(arena.alloc(16, 16) != nullptr);
    CHECK(arena.alloc(UINT64_MAX - 8, 1) == nullptr);
}
