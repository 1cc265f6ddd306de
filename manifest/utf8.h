// UTF-8, checked.
#pragma once

#include <cstddef>
#include <string_view>

namespace tenon::manifest {

// The size of the first character in bytes, 1 to 4; 0 if the text is empty or does not begin with valid UTF-8
// (overlong forms, surrogates and code points above U+10FFFF are not).
std::size_t utf8_size(std::string_view text);

// All of it.
bool is_utf8(std::string_view text);

}  // namespace tenon::manifest
