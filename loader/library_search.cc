#include "loader/library_search.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <span>

namespace tenon::loader {

namespace {

constexpr std::size_t max_libraries = 1024;
constexpr int max_depth = 64;
// Of one file. What goes beyond is not looked for: each name is looked for in each folder.
constexpr std::size_t max_names = 256, max_run_path = 64;

// A file whose needs are looked up, and who needs it: DT_RPATH is inherited along this chain.
struct Requester {
    std::string folder;
    std::shared_ptr<const Linkage> linkage;
    std::string path;
    const Requester* needed_by = nullptr;
};

std::string folder_of(const std::string& path) {
    std::error_code ignored;
    const std::filesystem::path whole = std::filesystem::absolute(path, ignored);
    return (ignored ? std::filesystem::path(path) : whole).lexically_normal().parent_path().string();
}

void replace_all(std::string& text, std::string_view from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

// Replaces $ORIGIN, $LIB and $PLATFORM.
std::string expanded(std::string folder, const std::string& origin, const SystemFacts& facts) {
    if (folder.empty()) return ".";
    if (folder.find('$') == std::string::npos) return folder;
    for (const auto& [name, value] :
         {std::pair("ORIGIN", &origin), std::pair("LIB", &facts.lib_folder), std::pair("PLATFORM", &facts.processor)}) {
        replace_all(folder, "${" + std::string(name) + "}", *value);
        replace_all(folder, "$" + std::string(name), *value);
    }
    return folder;
}

std::vector<std::string> run_path(const std::string& text) {
    std::vector<std::string> folders = split_folders(text, ":");
    folders.resize(std::min(folders.size(), max_run_path));
    return folders;
}

class Search {
public:
    explicit Search(const System& system) : system_(system), facts_(system.facts()) {
        library_path_ = split_folders(facts_.library_path, ":;");
    }

    // The path of the first file that fits; empty if there is none.
    std::string find(const std::string& name, const Requester& by) const {
        if (name.find('/') != std::string::npos) {
            const std::string path = expanded(name, by.folder, facts_);
            return fits(path) ? path : std::string();
        }
        std::string found;
        const bool done = (!by.linkage->dynamic.runpath && in_rpaths(name, by, found)) ||
                          in_folders(library_path_, by.folder, name, found) ||
                          (by.linkage->dynamic.runpath &&
                           in_folders(run_path(*by.linkage->dynamic.runpath), by.folder, name, found)) ||
                          (!by.linkage->dynamic.no_default_folders &&
                           (in_cache(name, found) || in_folders(facts_.default_folders, by.folder, name, found)));
        return done ? found : std::string();
    }

private:
    bool fits(const std::string& path) const { return system_.library(path) != nullptr; }

    bool in_folders(const std::vector<std::string>& folders, const std::string& origin, const std::string& name,
                    std::string& found) const {
        for (const std::string& folder : folders) {
            const std::string base = expanded(folder, origin, facts_);
            for (const std::string& level : facts_.levels) {
                found = base + "/glibc-hwcaps/" + level + "/" + name;
                if (fits(found)) return true;
            }
            found = base + "/" + name;
            if (fits(found)) return true;
        }
        return false;
    }

    bool in_rpaths(const std::string& name, const Requester& by, std::string& found) const {
        int depth = 0;
        for (const Requester* one = &by; one != nullptr && depth < max_depth; one = one->needed_by, ++depth)
            if (one->linkage->dynamic.rpath && !one->linkage->dynamic.runpath &&
                in_folders(run_path(*one->linkage->dynamic.rpath), one->folder, name, found))
                return true;
        return false;
    }

    bool in_cache(const std::string& name, std::string& found) const {
        const std::vector<LdCache::Entry>& entries = system_.cache().find(name);
        std::vector<std::string> levels = facts_.levels;
        levels.emplace_back();
        for (const std::string& level : levels)
            for (const LdCache::Entry& entry : entries)
                if (entry.level == level && fits(entry.path)) return found = entry.path, true;
        return false;
    }

    const System& system_;
    const SystemFacts& facts_;
    std::vector<std::string> library_path_;
};

// A library is known by its SONAME; without one, by the name under which it was found.
std::string loaded_as(const std::string& name, const SystemFacts& facts) {
    for (const LoadedLibrary& library : facts.loaded)
        if ((library.soname.empty() ? library.path.substr(library.path.rfind('/') + 1) : library.soname) == name)
            return library.path;
    return {};
}

}  // namespace

std::vector<std::string> split_folders(std::string_view text, std::string_view separators) {
    std::vector<std::string> folders;
    for (std::size_t begin = 0; !text.empty() && begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
        folders.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return folders;
}

std::vector<Needed> find_needed(const std::string& path, const Linkage& linkage, const System& system) {
    const Search search(system);
    std::vector<Needed> all;
    std::set<std::string> names;
    std::vector<std::unique_ptr<Requester>> queue;
    // Borrowed for this call: it owns nothing.
    const std::shared_ptr<const Linkage> first(std::shared_ptr<const Linkage>(), &linkage);
    queue.push_back(std::make_unique<Requester>(Requester{folder_of(path), first, path, nullptr}));
    for (std::size_t at = 0; at < queue.size(); ++at) {
        const Requester& by = *queue[at];
        const std::vector<std::string>& wanted = by.linkage->dynamic.needed;
        for (const std::string& name : std::span(wanted).first(std::min(wanted.size(), max_names))) {
            if (all.size() == max_libraries || !names.insert(name).second) continue;
            Needed needed{name, by.path, search.find(name, by), loaded_as(name, system.facts()), {}};
            if (!needed.used().empty()) needed.linkage = system.library(needed.used());
            if (needed.linkage != nullptr) {
                names.insert(needed.linkage->dynamic.soname);
                queue.push_back(std::make_unique<Requester>(
                    Requester{folder_of(needed.used()), needed.linkage, needed.used(), &by}));
            }
            all.push_back(std::move(needed));
        }
    }
    return all;
}

}  // namespace tenon::loader
