// The files that the dynamic linker will read for the plugin. Most plugins need only libraries that the worker has
// loaded already, and are looked at no further. Of the others only heads are read, where the dynamic linker's list and
// its default folders are all that it goes by; a folder that a file names itself calls for the whole search, which
// takes milliseconds.
#include <time.h>

#include <algorithm>
#include <optional>

#include "loader/library_search.h"
#include "sandbox/confine/steps.h"

namespace tenon::sandbox {

namespace {

constexpr std::size_t most_libraries = 256;

// Nothing of a file that cannot be read or is no library.
std::optional<loader::Linkage> head_of(const std::string& path) {
    const base::Result<loader::FileSource> source = loader::FileSource::open(path);
    if (!source) return std::nullopt;
    const base::Result<loader::Elf> elf = loader::Elf::open(source.value(), path);
    if (!elf) return std::nullopt;
    base::Result<loader::Linkage> head = loader::Linkage::read_head(elf.value());
    if (!head) return std::nullopt;
    return head.take();
}

bool names_folders(const loader::Dynamic& dynamic) {
    return dynamic.rpath || dynamic.runpath ||
           std::any_of(dynamic.needed.begin(), dynamic.needed.end(),
                       [](const std::string& name) { return name.find('/') != std::string::npos; });
}

// Any file of this name that the dynamic linker might take.
std::vector<std::string> candidates(const std::string& name, const loader::SystemFacts& facts,
                                    const loader::LdCache& cache) {
    std::vector<std::string> paths;
    for (const loader::LdCache::Entry& entry : cache.find(name)) paths.push_back(entry.path);
    for (const std::string& folder : facts.default_folders) paths.push_back(folder + "/" + name);
    return paths;
}

// False if the whole search is needed.
bool find_simply(const loader::Dynamic& plugin, const loader::System& system, std::vector<std::string>& files) {
    std::vector<std::string> known, open = plugin.needed;
    for (const loader::LoadedLibrary& library : system.facts().loaded) known.push_back(library.soname);
    if (names_folders(plugin) || !system.facts().library_path.empty()) return false;
    while (!open.empty()) {
        const std::string name = std::move(open.back());
        open.pop_back();
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        if (known.size() == most_libraries) return false;
        known.push_back(name);
        for (std::string& path : candidates(name, system.facts(), system.cache())) {
            const std::optional<loader::Linkage> head = head_of(path);
            if (!head) continue;
            if (names_folders(head->dynamic)) return false;
            open.insert(open.end(), head->dynamic.needed.begin(), head->dynamic.needed.end());
            files.push_back(std::move(path));
        }
    }
    return true;
}

bool all_loaded(const std::vector<std::string>& names) {
    const std::vector<loader::LoadedLibrary> loaded = loader::loaded_libraries();
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::any_of(loaded.begin(), loaded.end(), [&](const auto& library) { return library.soname == name; });
    });
}

}  // namespace

// What is wrong with a library, its loader says.
base::Check find_libraries(Start& start) {
    ::tzset();  // reads the time zone, which stays known when files are out of reach
    const std::optional<loader::Linkage> plugin = head_of(start.library);
    if (!plugin || all_loaded(plugin->dynamic.needed)) return {};
    const loader::System system;
    if (find_simply(plugin->dynamic, system, start.libraries)) return {};
    start.libraries.clear();
    for (const loader::Needed& needed : loader::find_needed(start.library, *plugin, system))
        if (needed.loaded.empty() && !needed.path.empty()) start.libraries.push_back(needed.path);
    return {};
}

}  // namespace tenon::sandbox
