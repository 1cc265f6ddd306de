// What of the named files is a contract to offer, and what is to be looked into for plugins.
#pragma once

#include <string>
#include <vector>

#include "base/problem.h"
#include "tools/cli/facts.h"

namespace tenon::cli {

struct Selection {
    std::vector<Facts> contracts;    // to offer before loading
    std::vector<std::string> paths;  // folders and files that are no modules
    base::Problems problems;         // of paths and modules that are in neither
};

// `paths` are folders and files; `modules` are files. Modules of contracts (*.contract.so) are also taken from the
// folders and files of `paths`, unless one of the plugins there offers the same contract itself.
// `cache`: as HostOptions::cache; it is read, and left as it is.
// Problems: those of base::list_folder, base::open_regular and read_facts, and "load.no-contract".
Selection select(const std::vector<std::string>& paths, const std::vector<std::string>& modules,
                 const std::string& cache);

}  // namespace tenon::cli
