// Where the dynamic linker would find the libraries that a file needs, without running anything.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loader/system.h"

namespace tenon::loader {

// One library that is needed, directly or by another one that is.
struct Needed {
    std::string name;       // DT_NEEDED
    std::string needed_by;  // path of the file that names it
    std::string path;       // that the search found; empty: none
    std::string loaded;     // path of the one of this name that is in the process already; empty: none
    // Of the one that will be used: the loaded one, or else the one that was found. Null: there is none.
    std::shared_ptr<const Linkage> linkage;

    const std::string& used() const { return loaded.empty() ? path : loaded; }
};

// `path` is where the file lies ($ORIGIN), `linkage` what it asks for. Goes by names with a slash, DT_RPATH of the file
// and of those that need it, LD_LIBRARY_PATH, DT_RUNPATH, the dynamic linker's list, and its default folders, in this
// order; the program's own DT_RPATH is not known here. The result has each name once, breadth first, as the symbols are
// searched; at most 1024, and of one file at most 256 names and 64 folders of its own.
std::vector<Needed> find_needed(const std::string& path, const Linkage& linkage, const System& system);

// The folders of a DT_RPATH, DT_RUNPATH or LD_LIBRARY_PATH, as they are written. An empty one
// among others is the current folder.
std::vector<std::string> split_folders(std::string_view text, std::string_view separators);

}  // namespace tenon::loader
