// What the wire needs to know of a type, without names: which of its fields are more than bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "loader/contract.h"

namespace tenon::sandbox {

inline constexpr int max_wire_depth = 16;  // levels of spans and nested structs below the value, as host::clone
inline constexpr std::uint64_t piece_alignment = 16;

// A field that is not just copied.
struct ShapeField {
    loader::Code code{};
    std::uint32_t of = 0;       // as Field::of
    std::uint64_t offset = 0;   // in its struct
    std::uint64_t end = 0;      // offset of what follows it
    std::uint64_t element = 0;  // list: bytes of an element
    const loader::Field* field = nullptr;
};

struct Shape {
    const loader::Type* type = nullptr;
    std::uint64_t size = 0;       // described, bytes; 0 for an enum
    std::uint64_t alignment = 1;  // bytes
    bool appendable = false;
    int levels = 0;                    // of structs in place below it
    std::vector<ShapeField> slots;     // str, bytes, list, span, nested, pad; in order
    std::vector<ShapeField> booleans;  // boolean, array of them; in order

    // Whether each value of this size is right as it is.
    bool is_plain() const noexcept { return slots.empty() && booleans.empty() && !appendable; }
};

// Of each type of a contract, by its index. Points at the contract's types and fields.
std::vector<Shape> shapes_of(const loader::Contract& contract);

// The alignment is a power of two.
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) noexcept {
    return (value + alignment - 1) & ~(alignment - 1);
}

// The stride of elements in a frame, of which the writer's have `stride` bytes.
std::uint32_t crossing_stride(const Shape& element, std::uint32_t stride) noexcept;

}  // namespace tenon::sandbox
