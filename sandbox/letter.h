// Letters: a head and up to three parts, in one frame of a lane, or with the parts in an annex.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "sandbox/protocol.h"
#include "sandbox/wire.h"

namespace tenon::sandbox {

// The values that cross in one hook or method: `wire` knows their types.
struct Types {
    const loader::Contract* contract = nullptr;
    const Wire* wire = nullptr;
    std::uint32_t request = loader::no_type;
    std::uint32_t reply = loader::no_type;
};

// Writes parts one after the other; when the room ends it only adds up what they need.
class Composer {
public:
    explicit Composer(std::span<std::byte> room) noexcept : room_(room) {}

    // A described value; a null one, or one without a type, is not there.
    void value(const Wire* wire, std::uint32_t type, const void* value) noexcept;
    void bytes(const void* data, std::uint64_t size) noexcept;
    void text(std::string_view text) noexcept { bytes(text.data(), text.size()); }
    void nothing() noexcept { ++part_; }
    // A span of elements of that type.
    void values(const Wire* wire, std::uint32_t type, const tenon_span& span) noexcept;

    // TENON_OK, TENON_E_FULL when more room is needed, or why a value cannot cross.
    std::int32_t status() const noexcept { return status_; }
    std::uint64_t need() const noexcept { return at_; }
    void sign(Head& head) const noexcept;

private:
    std::span<std::byte> rest() const noexcept;
    void end_part(std::uint64_t begin) noexcept;
    void add(const void* data, std::uint64_t size) noexcept;
    void add_value(const Wire* wire, std::uint32_t type, const void* value) noexcept;

    std::span<std::byte> room_;
    std::uint64_t at_ = 0;
    std::size_t part_ = 0;
    std::uint32_t present_ = 0;
    std::array<std::uint32_t, most_parts> sizes_{};
    std::int32_t status_ = 0;
};

// The other end of Composer::values. Borrows the part, which the other side may change: each size is read once.
class Elements {
public:
    explicit Elements(std::span<const std::byte> part) noexcept;
    // As many as can be there.
    std::uint64_t count() const noexcept { return count_; }
    // The next one's bytes; empty when there are none, or they are no element.
    std::span<const std::byte> next() noexcept;

private:
    std::span<const std::byte> left_;
    std::uint64_t count_ = 0;
    std::uint64_t at_ = 0;  // of left_ in the part
};

struct Letter {
    Head head;
    std::array<std::span<const std::byte>, most_parts> parts;  // in memory that the other side may change: copy first

    bool has(std::size_t part) const noexcept { return (head.present >> part & 1) != 0; }
    // The part's bytes as text; still the other side's.
    std::string_view text(std::size_t part) const noexcept {
        return {reinterpret_cast<const char*>(parts[part].data()), parts[part].size()};
    }
};

// The head, copied once, and where its parts lie. A sentence when it is no letter, else null.
const char* read_head(std::span<const std::byte> frame, Head& head) noexcept;
// `where`: what follows the head, or the annex.
const char* find_parts(std::span<const std::byte> where, Letter& letter) noexcept;

}  // namespace tenon::sandbox
