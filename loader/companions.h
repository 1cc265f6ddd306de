// What a plugin ships beside its library: libraries of its own, and a folder of resources.
#pragma once

#include <cstddef>
#include <cstdint>
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

// How links beside the plugin are treated. `beneath`: they are followed as long as they stay below the folder, for
// which the kernel has to be asked (openat2); where it cannot be, on old kernels or in a container that forbids it,
// links are treated as with `refused`: whatever leads through one is refused.
enum class Links { beneath, refused };

// Copies them from the folder `from` to the same places below the folder `to`: files become 0400, folders 0700.
// Nothing outside `from` is followed or read, whatever links lie there. What is named twice, or lies in the resources
// and is a library too, is copied once. Among the resources, sockets, FIFOs and devices stay behind, and so do links
// that lead nowhere below `from` (editors leave such as locks); with refused links, those are refused like all others.
// What was copied before a problem stays.
// Problems: "stage.companion-missing" (not there, not readable, not a regular file, not a folder),
// "stage.companion-outside" (absolute, with a part "..", or through a link that is not followed),
// "stage.companion-too-much", "stage.source-changed" (while it was copied), "stage.failed" (the operating system says
// why), and those of base::make_folder.
base::Check copy_companions(const Companions& companions, const std::string& from, const std::string& to,
                            Links links = Links::beneath);

}  // namespace tenon::loader
