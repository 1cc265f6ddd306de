// A private copy of a library, so that what was checked is what runs, whatever happens to the original.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "loader/companions.h"

namespace tenon::loader {

struct Staged {
    std::string path;        // <folder>/<id>.g<generation>.<8 digits of the hash>.so, mode 0500
    std::string folder;      // <private_folder>/<id>.g<generation>, mode 0700, of this copy alone
    std::string resources;   // the copy of its resources; empty: it has none
    std::uint64_t hash = 0;  // XXH3 of the bytes, 64 bits
};

// Copies the regular file `source`, opened once. `private_folder` is made if it does not exist; the copy's own folder
// must not exist yet. Companions come to lie where they lie beside the original, so that $ORIGIN leads to them. On a
// problem nothing that it made is left. Problems: "reload.being-written" (somebody has it open for writing, and had for
// 100 ms), "stage.bad-id", "stage.exists", "stage.source-changed" (while it was copied), "stage.failed" (the operating
// system says why), and those of base::open_regular and copy_companions.
base::Result<Staged> stage(const std::string& source, const std::string& private_folder, std::string_view id,
                           std::uint32_t generation, const Companions& companions = {});

// Removes the copy and its folder. Errors are ignored.
void unstage(const Staged& staged);

}  // namespace tenon::loader
