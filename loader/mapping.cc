#include "loader/mapping.h"

#include <link.h>

namespace tenon::loader {

namespace {

struct Search {
    const std::string& path;
    std::optional<Mapping> found;
};

// Called under the dynamic linker's lock, through C: it must not throw and should not take long.
int visit(dl_phdr_info* info, std::size_t, void* data) noexcept {
    Search& search = *static_cast<Search*>(data);
    if (info->dlpi_name == nullptr || search.path != info->dlpi_name) return 0;
    Mapping mapping{info->dlpi_addr, {}};
    for (std::size_t i = 0; i < info->dlpi_phnum; ++i) {
        const auto& header = info->dlpi_phdr[i];
        if (header.p_type != PT_LOAD) continue;
        const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
        mapping.segments.push_back({begin, begin + header.p_memsz, header.p_flags});
    }
    search.found = std::move(mapping);
    return 1;
}

}  // namespace

bool Mapping::has(const void* address, std::uint64_t size, std::uint32_t flags) const {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    for (const Segment& segment : segments)
        if ((segment.flags & flags) == flags && at >= segment.begin && at < segment.end && size <= segment.end - at)
            return true;
    return false;
}

std::optional<Mapping> find_mapping(const std::string& path) {
    Search search{path, {}};
    ::dl_iterate_phdr(visit, &search);
    return std::move(search.found);
}

}  // namespace tenon::loader
