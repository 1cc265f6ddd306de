// What a plugin ships beside its library: libraries of its own, and a folder of resources.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace tenon::loader {

// Paths relative to the folder of the plugin's library.
struct Companions {
    std::vector<std::string> libraries;
    std::string resources;  // empty: none

    bool empty() const { return libraries.empty() && resources.empty(); }
};

// The most that is copied for one plugin.
inline constexpr std::size_t max_companion_files = 10'000;
inline constexpr std::uint64_t max_companion_bytes = std::uint64_t{4} << 30;

// Copies them from the folder `from` to the same places below the folder `to`: files become 0400, folders 0700.
// Nothing outside `from` is followed or read, whatever links lie there. What was copied before a problem stays.
// Problems: "stage.companion-missing", "stage.companion-outside", "stage.companion-too-much", "stage.failed".
base::Check copy_companions(const Companions& companions, const std::string& from, const std::string& to);

}  // namespace tenon::loader
