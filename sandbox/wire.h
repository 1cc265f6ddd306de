// Described values as flat frames: what crosses between two processes in place of pointers.
//
// A frame is a row of pieces: the struct, then what its fields point at, in the order of the fields, the elements of a
// span one after the other, each with all that it points at before the next. A piece begins at a multiple of 16, a text
// right behind what comes before it; bytes between pieces are zero. Where the value has a pointer the frame has the
// offset of the piece from the frame's begin. There is one frame for a value and one value for a frame, so pieces
// neither overlap nor form circles, and nothing is left over.
//
// What crosses is what the contract describes, and what belongs to the value:
//   - A struct has its described size. Bytes beyond its struct_size, reserved bytes (`pad`) and pointers that a size
//     cuts are zero. A struct_size that is more than what is described, or than its element, becomes what there is.
//   - Elements of a span cross with min(stride, described size) bytes, filled up with zeros to a multiple of their
//     alignment; numbers and texts of a list are as large as they are described. That is the stride that arrives.
//   - What is empty has no pointer; its stride is changed as if it were not empty, and 0 stays 0.
// A handler that reads its structs as types.h says cannot tell such a value from the original, except that bytes which
// its contract does not describe are gone. Both sides must have equal descriptions of the type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "loader/contract.h"
#include "sandbox/wire_shape.h"

namespace tenon::sandbox {

// A value that makes a larger frame does not cross.
inline constexpr std::uint64_t max_frame_size = std::uint64_t{1} << 30;

// TENON_OK; TENON_E_FULL: the frame does not fit, and has `size` bytes. Otherwise there is no frame and `size` is 0:
// TENON_E_INVALID, TENON_E_TOO_DEEP: where host::clone answers so; TENON_E_NO_MEMORY: more than max_frame_size.
struct Encoded {
    std::int32_t status = 0;
    std::uint64_t size = 0;  // bytes
};

// Where a decoded value is made. `alloc` gives memory aligned to 16, or nullptr; it need not be zero-filled.
struct Allocator {
    void* self = nullptr;
    void* (*alloc)(void* self, std::uint64_t size, std::uint64_t alignment) noexcept = nullptr;
};

// Whether texts must be UTF-8 and booleans 0 or 1. The host asks for it, because its own code relies on it; a worker
// takes what the host has, as a plugin in process does.
enum class Strictness { worker_side, host_side };

struct Decoded {
    void* value = nullptr;  // nullptr unless status is TENON_OK
    // TENON_E_FAILED: with a violation. TENON_E_INVALID: no such struct, or, with a field, a value that the host must
    // not see; an honest writer can make that mistake. TENON_E_NO_MEMORY: the allocator has none.
    std::int32_t status = 0;
    const char* violation = nullptr;       // a sentence, static: `encode` never writes such bytes
    const loader::Type* type = nullptr;    // the struct in which a value is wrong
    const loader::Field* field = nullptr;  // which one that is
    const char* wrong = nullptr;           // static: "is not UTF-8"
};

// How the types of one contract cross; made once per contract. Any number of threads may use it. What it is called with
// is noexcept and needs no memory but the allocator's.
class Wire {
public:
    // The contract comes from loader::read_contracts and outlives this.
    explicit Wire(const loader::Contract& contract);

    // Writes the value of struct number `type` into `room`, nothing beyond it; what `room` had is never read, so it may
    // be memory that another process reads. With TENON_E_FULL its begin may have been written.
    Encoded encode(std::uint32_t type, const void* value, std::span<std::byte> room) const noexcept;

    // Copies the frame once, validates the copy, and makes pointers of its offsets. The value, with all that it points
    // at, is one piece of the allocator's memory and lives as long as that. Any bytes may be given; the work is linear
    // in their number.
    Decoded decode(std::uint32_t type, std::span<const std::byte> frame, const Allocator& allocator,
                   Strictness strictness) const noexcept;

    // Gives a struct that is there, a FILTER's value or a reply, the described fields of a decoded one, as far as both
    // go. The bytes beyond what is described and beyond its own size stay, and so does its struct_size, unless the
    // decoded one claims less: as if its writer had written into it. Afterwards it points into the decoded value's
    // memory.
    void commit(std::uint32_t type, const void* decoded, void* into) const noexcept;

private:
    const Shape* shape(std::uint32_t type) const noexcept;

    std::vector<Shape> shapes_;
};

// What is wrong with a frame, for a report: the violation, or "crate.name is not UTF-8"; empty if nothing is.
std::string what_is_wrong(const Decoded& decoded);

}  // namespace tenon::sandbox
