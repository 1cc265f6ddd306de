// The Windows libraries that CMake built beside these tests.
#pragma once

#include <cstring>
#include <string>

#include "tests/unit/loader/fixtures.h"

namespace tenon::loader::fixtures {

inline std::string windows_path(const std::string& name) {
    return std::string(WINDOWS_FIXTURES "/") + name + ".dll";
}

inline std::string windows_bytes(const std::string& name) {
    base::Result<std::string> bytes = base::read_file(windows_path(name), 64u << 20);
    REQUIRE(bytes);
    return bytes.take();
}

inline base::Result<Image> windows_image(const std::string& bytes) {
    return read_image(MemorySource(bytes), "shop.dll");
}

}  // namespace tenon::loader::fixtures
