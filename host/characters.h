// Foreign text, character by character.
#pragma once

#include <algorithm>
#include <string_view>

#include "manifest/utf8.h"

namespace tenon::host {

// Calls each(character) for each character of the text. A byte that is not UTF-8 is one, too: U+FFFD.
template <class Each>
void for_each_character(std::string_view text, Each&& each) {
    while (!text.empty()) {
        const std::size_t size = manifest::utf8_size(text);
        each(size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size));
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
}

}  // namespace tenon::host
