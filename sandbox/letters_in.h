// What comes in a letter, as the host may use it.
#pragma once

#include <tenon/status.h>

#include <cstdint>
#include <string>

#include "sandbox/line.h"
#include "sandbox/output.h"
#include "sandbox/talk.h"

namespace tenon::sandbox {

inline constexpr std::size_t longest_text = 64 * 1024;  // of a log line, an error, a name

inline void* pending_alloc(void* self, std::uint64_t size, std::uint64_t alignment) noexcept {
    auto* const pending = static_cast<tenon_pending*>(self);
    return pending->ops->alloc(pending, size, alignment);
}

// As what it prints: text, and harmless to a terminal.
inline std::string text_of(const Letter& letter, std::size_t part) {
    return escaped_lines(std::string(letter.text(part).substr(0, longest_text)));
}
inline std::string line_of(const Letter& letter, std::size_t part) {
    return escaped(std::string(letter.text(part).substr(0, longest_text)));
}

inline tenon_str str(const std::string& text) noexcept {
    return {text.data(), text.size()};
}

inline Head head_of(Kind kind, std::uint64_t call, std::int32_t status) noexcept {
    Head head;
    head.kind = kind;
    head.call = call;
    head.status = status;
    return head;
}

// A value that has come in; a status below 0 says why there is none.
struct Value {
    void* value = nullptr;
    std::int32_t status = 0;
    const char* violation = nullptr;
};

inline Value value_in(const Letter& letter, std::size_t part, const Types& types, std::uint32_t type,
                      const Allocator& allocator) noexcept {
    if (!letter.has(part)) return {};
    if (types.wire == nullptr || type == loader::no_type) return {nullptr, TENON_E_INVALID, "a value has no type"};
    const Decoded decoded = types.wire->decode(type, letter.parts[part], allocator, Strictness::host_side);
    return {decoded.value, decoded.status, decoded.violation};
}

}  // namespace tenon::sandbox
