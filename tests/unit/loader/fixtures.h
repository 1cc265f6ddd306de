// The libraries that CMake built beside these tests, and folders to spoil them in.
#pragma once

#include <string>

#include "base/file.h"
#include "loader/image.h"
#include "tests/support/catch.h"

namespace tenon::loader::fixtures {

inline std::string path_of(const std::string& name) {
    return std::string(LOADER_FIXTURES "/") + name + ".so";
}

inline std::string bytes_of(const std::string& name) {
    base::Result<std::string> bytes = base::read_file(path_of(name), 64u << 20);
    REQUIRE(bytes);
    return bytes.take();
}

inline base::Result<Image> image_of(const std::string& bytes) {
    return read_image(MemorySource(bytes), "shop.so");
}

// "id: text", or "" if there is an image.
inline std::string refusal(const base::Result<Image>& image) {
    return image ? "" : image.problem().id + ": " + image.problem().text;
}

// A folder that is removed with all that is in it.
class Folder {
public:
    Folder() : path_(base::make_unique_folder(base::temporary_folder(), "tenon-loader-").take()) {}
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { base::remove_tree(path_); }

    const std::string& path() const { return path_; }
    std::string write(const std::string& name, std::string_view bytes) const {
        REQUIRE_FALSE(base::write_file(path_ + "/" + name, bytes));
        return path_ + "/" + name;
    }

private:
    std::string path_;
};

}  // namespace tenon::loader::fixtures
