#include "base/problem.h"

#include <algorithm>
#include <cstring>

namespace tenon::base {

std::string to_text(const Problems& problems) {
    std::string text;
    for (const Problem& problem : problems) {
        if (!text.empty()) text += '\n';
        text += problem.text;
    }
    return text;
}

void copy_text(char* array, std::size_t size, std::string_view text) {
    std::size_t length = std::min(text.size(), size - 1);
    if (length < text.size())  // do not end in the middle of a character
        while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0u) == 0x80u) --length;
    if (length > 0) std::memcpy(array, text.data(), length);
    array[length] = '\0';
}

void to_error(const Problem& problem, int32_t code, tenon_error* out) {
    if (out == nullptr) return;
    tenon_error filled = TENON_ERROR_INIT;
    filled.code = code;
    copy_text(filled.domain, sizeof filled.domain, "tenon");
    copy_text(filled.reason, sizeof filled.reason, problem.id);
    copy_text(filled.text, sizeof filled.text, problem.text);
    copy_text(filled.fix, sizeof filled.fix, problem.fix);
    const uint32_t size = std::min<uint32_t>(out->struct_size, sizeof filled);
    filled.struct_size = size;
    std::memcpy(static_cast<void*>(out), &filled, size);
}

}  // namespace tenon::base
