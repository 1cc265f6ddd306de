// System calls by name: what a confined worker may do, and what it is told that it may not. Whatever is in no list does
// not exist for it (ENOSYS), as on a kernel that is older. Names that a processor does not have mean nothing there.
#pragma once

#include <cstdint>
#include <span>

namespace tenon::sandbox {

// Whatever their arguments are.
std::span<const char* const> allowed_calls();
std::span<const char* const> forbidden_calls();
// That name a file by its path.
std::span<const char* const> path_calls();

// Of those, what tells of a file without opening it. Where that is not to be, they are trapped, and metadata.cc
// answers.
std::span<const char* const> metadata_calls();

// An argument decides.
struct Choice {
    const char* call;
    unsigned argument;  // from 0
    std::uint64_t value;
    bool allowed;
};
// By the exact value; values that are not listed do not exist.
std::span<const Choice> choices();

// Only the given value is allowed, no other.
struct Only {
    const char* call;
    unsigned argument;
    enum class What { own_pid, zero, control_descriptor } value;
};
std::span<const Only> only_ones();

}  // namespace tenon::sandbox
