// A request and its answer as the parts of letters.
#pragma once

#include <tenon/request.h>

#include <cstring>
#include <string>
#include <vector>

#include "sandbox/packing.h"

namespace tenon::sandbox {

inline constexpr std::uint64_t most_named = 4096;

inline std::string_view view_of(tenon_str text) noexcept {
    return {text.data, text.size};
}
inline tenon_str borrow(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

inline void pack_named(Packer& out, const tenon_span& all) {
    out.u64(all.count);
    for (std::uint64_t i = 0; i < all.count; ++i) {
        tenon_named one{};
        tenon_span_get(&all, i, &one, sizeof one);
        out.text(view_of(one.name));
        out.text(view_of(one.value));
    }
}

// Borrows what the Unpacker has.
inline std::vector<tenon_named> unpack_named(Unpacker& in) {
    std::vector<tenon_named> all;
    for (std::uint64_t left = in.count(16); left != 0 && in.ok() && all.size() < most_named; --left) {
        const std::string_view name = in.text(), value = in.text();
        all.push_back({borrow(name), borrow(value)});
    }
    return all;
}

inline tenon_span span_of(const std::vector<tenon_named>& all) noexcept {
    return {all.data(), all.size(), sizeof(tenon_named), 0};
}

}  // namespace tenon::sandbox
