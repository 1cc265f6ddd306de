// The formats of texts that a schema may ask for.
#pragma once

#include <span>
#include <string_view>

namespace tenon::manifest {

// One of a fixed list: compare and keep its address.
struct SchemaFormat {
    std::string_view name;
    bool (*admits)(std::string_view text);
    std::string_view example;
};

// All of them, sorted by name.
std::span<const SchemaFormat> schema_formats();

}  // namespace tenon::manifest
