// What dispatch reads: the handlers of a point at one moment, in their order.
//
// Large points change at the cost of one chunk: a snapshot is a list of chunks, and the next one shares all but the one
// that changed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/registration.h"

namespace tenon::host {

// One line of the dispatch loop.
struct Entry {
    tenon_handler_fn fn;
    void* self;
    tenon_registration* registration;
    std::uint64_t index;  // registration->number.index
};

// Immutable once made; counted by the snapshots and the roster that name it, under the table's lock.
struct Chunk {
    static constexpr std::size_t most = 64;

    std::uint32_t uses;
    std::uint32_t count;

    const Entry* begin() const { return reinterpret_cast<const Entry*>(this + 1); }
    const Entry* end() const { return begin() + count; }

    // Counts as used once. Throws std::bad_alloc.
    static Chunk* make(std::span<tenon_registration* const> registrations);
    static void drop(Chunk* chunk) noexcept;
};

struct Interceptors;

// A part of the dispatch loop: entries in a row.
struct Run {
    const Entry* begin;
    const Entry* end;
    Chunk* chunk;
};

// Immutable once published; `count` runs follow it in the same allocation.
struct Snapshot {
    std::uint32_t count;
    std::uint32_t index_limit;         // every entry's index is below it
    std::uint32_t plain_limit;         // the same, or more than any room where `slow`
    const Interceptors* interceptors;  // null: none
    bool slow;                         // every handler is called the slow way

    const Run* begin() const { return reinterpret_cast<const Run*>(this + 1); }
    const Run* end() const { return begin() + count; }

    // nullptr for no chunks. Throws std::bad_alloc. Free with destroy, both under the table's lock.
    static const Snapshot* make(const std::vector<Chunk*>& chunks, std::uint32_t index_limit,
                                const Interceptors* interceptors, bool slow);
    static void destroy(const Snapshot* snapshot) noexcept;
};

}  // namespace tenon::host
