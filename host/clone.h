// Deep copies of described values: a request that outlives its call, a reply that is kept.
#pragma once

#include <cstdint>

#include "base/arena.h"
#include "loader/contract.h"

namespace tenon::host {

struct Cloned {
    void* value = nullptr;  // nullptr unless status is TENON_OK
    std::int32_t status = 0;
};

// Copies the value of struct number `type`, with all that it points at, into the arena; the copy lives until the
// arena's next reset. Uses nothing else, so it may run wherever the arena may.
//
// Strings, bytes, lists and spans become the copy's own; empty ones lose their pointer. An APPENDABLE value is as long
// as its struct_size says, an element of a span as long as the stride; bytes that the contract does not describe are
// copied as they are, so that a pointer among them still points where it did. Described pointers beyond an element's
// struct_size are no part of the value: they become zero. The copy has room for the whole type; what the value lacks is
// zero.
//
// TENON_E_NO_MEMORY: the arena has given all it may; what was copied stays in it until its reset.
// TENON_E_TOO_DEEP: more than 16 levels of spans and nested structs below the value, perhaps a circle of pointers.
// TENON_E_INVALID: no value; no such struct; elements without data or without size; strings in elements that are too
// short for one; a struct_size that is less than its own size.
Cloned clone(const loader::Contract& contract, std::uint32_t type, const void* value, base::Arena& arena) noexcept;

}  // namespace tenon::host
