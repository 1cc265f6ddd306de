// The files that the dynamic linker will read for the plugin. Most plugins need only libraries that the worker has
// loaded already, and are looked at no further.
#include <time.h>

#include <algorithm>

#include "loader/library_search.h"
#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

bool is_loaded(const std::string& name, const std::vector<loader::LoadedLibrary>& loaded) {
    return std::any_of(loaded.begin(), loaded.end(),
                       [&](const loader::LoadedLibrary& library) { return library.soname == name; });
}

}  // namespace

// A file that cannot be read or is no library needs nothing; what is wrong with it, its loader says.
base::Check find_libraries(Start& start) {
    ::tzset();  // reads the time zone, which stays known when files are out of reach
    base::Result<loader::FileSource> source = loader::FileSource::open(start.library);
    if (!source) return {};
    const base::Result<loader::Elf> elf = loader::Elf::open(source.value(), start.origin);
    if (!elf) return {};
    const base::Result<loader::Linkage> linkage = loader::Linkage::read_head(elf.value());
    if (!linkage) return {};
    const std::vector<std::string>& names = linkage.value().dynamic.needed;
    const std::vector<loader::LoadedLibrary> loaded = loader::loaded_libraries();
    if (std::all_of(names.begin(), names.end(), [&](const std::string& name) { return is_loaded(name, loaded); }))
        return {};
    const loader::System system;
    for (const loader::Needed& needed : loader::find_needed(start.library, linkage.value(), system))
        if (needed.loaded.empty() && !needed.path.empty()) start.libraries.push_back(needed.path);
    return {};
}

}  // namespace tenon::sandbox
