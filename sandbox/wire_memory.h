// Access to values that need not be aligned, and to bytes of anybody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tenon::sandbox {

template <class T>
T load(const std::byte* at) noexcept {
    T value{};
    std::memcpy(&value, at, sizeof value);
    return value;
}

template <class T>
void store(std::byte* at, const T& value) noexcept {
    std::memcpy(at, &value, sizeof value);
}

inline bool is_zero(const std::byte* at, std::uint64_t size) noexcept {
    std::uint64_t i = 0;
    for (; i + 8 <= size; i += 8)
        if (load<std::uint64_t>(at + i) != 0) return false;
    for (; i < size; ++i)
        if (at[i] != std::byte{0}) return false;
    return true;
}

// Whether they are UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(const std::byte* at, std::uint64_t size) noexcept;

// Whether each is 0 or 1.
inline bool are_booleans(const std::byte* at, std::uint64_t size) noexcept {
    std::byte seen{0};
    for (std::uint64_t i = 0; i < size; ++i) seen |= at[i];
    return (seen & ~std::byte{1}) == std::byte{0};
}

}  // namespace tenon::sandbox
