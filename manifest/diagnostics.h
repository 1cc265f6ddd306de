// Problems of a manifest, with their places.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "manifest/location.h"

namespace tenon::manifest {

// "FILE:LINE:COLUMN: "
std::string place(std::string_view file, Location at);

// "path.key", with quotes where TOML needs them.
std::string key_path(std::string_view path, std::string_view key);

// Collects problems while reading goes on. Borrows the file's name.
class Diagnostics {
public:
    explicit Diagnostics(std::string_view file) : file_(file) {}

    void add(std::string_view id, Location at, std::string_view path, std::string_view what, std::string fix);

    bool empty() const { return found_.empty(); }
    std::size_t count() const { return found_.size(); }
    // In the order of the file; behind the hundredth, one that counts the others.
    base::Problems take();

private:
    std::string_view file_;
    std::multimap<Location, base::Problem> found_;
};

}  // namespace tenon::manifest
