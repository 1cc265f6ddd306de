#include "sandbox/wire_memory.h"

namespace tenon::sandbox {

namespace {

constexpr std::uint64_t not_ascii = 0x8080808080808080u;

// The size of a character of several bytes; 0 if it is none. `left`: bytes that are there, at least one.
std::uint64_t character_size(const std::byte* at, std::uint64_t left) noexcept {
    const auto byte = [at](std::uint64_t i) { return std::to_integer<unsigned>(at[i]); };
    const unsigned lead = byte(0);
    const std::uint64_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || left < size) return 0;
    for (std::uint64_t i = 1; i < size; ++i)
        if ((byte(i) & 0xC0u) != 0x80u) return 0;
    const unsigned second = byte(1);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second >= 0xA0;
    const bool too_large = lead == 0xF4 && second >= 0x90;
    return overlong || surrogate || too_large ? 0 : size;
}

}  // namespace

bool is_utf8(const std::byte* at, std::uint64_t size) noexcept {
    std::uint64_t i = 0;
    while (i < size) {
        if (i + 8 <= size && (load<std::uint64_t>(at + i) & not_ascii) == 0) {
            i += 8;
        } else if (at[i] < std::byte{0x80}) {
            ++i;
        } else {
            const std::uint64_t character = character_size(at + i, size - i);
            if (character == 0) return false;
            i += character;
        }
    }
    return true;
}

}  // namespace tenon::sandbox
