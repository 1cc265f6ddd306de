// Borrowing across the ABI.
#pragma once

#include <tenon/types.h>

#include <string_view>

namespace tenon::host {

inline std::string_view view_of(tenon_str text) noexcept {
    return {text.data != nullptr ? text.data : "", text.data != nullptr ? static_cast<std::size_t>(text.size) : 0};
}
inline tenon_str borrow(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

}  // namespace tenon::host
