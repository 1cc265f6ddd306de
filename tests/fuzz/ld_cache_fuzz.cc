// Foreign bytes as the dynamic linker's list of libraries.
#include <cstdlib>

#include "loader/ld_cache.h"

using namespace tenon::loader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const LdCache cache = LdCache::parse(std::string_view(reinterpret_cast<const char*>(data), size));
    if (cache.size() > size / 24) std::abort();  // each name has an entry of 24 bytes
    for (const char* name : {"libshop.so.1", "libtill.so.2"})
        for (const LdCache::Entry& entry : cache.find(name))
            if (!entry.path.starts_with('/') || entry.path.size() > size || entry.level.size() > size) std::abort();
    return 0;
}
