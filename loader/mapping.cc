#include "loader/mapping.h"

#include <link.h>

#include <exception>
#include <utility>

namespace tenon::loader {

namespace {

struct Search {
    const std::string& path;
    std::optional<Mapping> found;
    std::exception_ptr failure{};
};

Mapping mapping_of(const dl_phdr_info& info) {
    Mapping mapping{info.dlpi_addr, {}};
    for (std::size_t i = 0; i < info.dlpi_phnum; ++i) {
        const auto& header = info.dlpi_phdr[i];
        if (header.p_type != PT_LOAD) continue;
        const std::uintptr_t begin = info.dlpi_addr + header.p_vaddr;
        mapping.segments.push_back({begin, begin + header.p_memsz, header.p_flags});
    }
    return mapping;
}

// Called under the dynamic linker's lock, through C: it must not throw and should not take long.
int visit(dl_phdr_info* info, std::size_t, void* data) noexcept {
    Search& search = *static_cast<Search*>(data);
    if (info->dlpi_name == nullptr || search.path != info->dlpi_name) return 0;
    try {
        search.found = mapping_of(*info);
    } catch (...) {
        search.failure = std::current_exception();
    }
    return 1;
}

// Called in the same way.
int visit_name(dl_phdr_info* info, std::size_t, void* data) noexcept {
    const auto& path = *static_cast<const std::string*>(data);
    return info->dlpi_name != nullptr && path == info->dlpi_name ? 1 : 0;
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
    if (search.failure) std::rethrow_exception(search.failure);
    return std::move(search.found);
}

bool is_mapped(const std::string& path) noexcept {
    return ::dl_iterate_phdr(visit_name, const_cast<std::string*>(&path)) != 0;
}

}  // namespace tenon::loader
