// What runs here: facts of the machine, the system and this process, and the libraries that the dynamic linker finds.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "loader/ld_cache.h"
#include "loader/linkage.h"

namespace tenon::loader {

// A file that is mapped into this process as a library.
struct LoadedLibrary {
    std::string path;    // as the dynamic linker tells it
    std::string soname;  // empty: none
};

// A plain value. A test may change any of it.
struct SystemFacts {
    std::string platform;               // "linux-x86_64"
    std::string glibc;                  // that runs: "2.36"; empty: another C library
    std::vector<std::string> features;  // see system_features
    std::vector<LoadedLibrary> loaded;  // in this process, when it was asked

    // What the dynamic linker's search goes by.
    std::string library_path;                  // LD_LIBRARY_PATH
    std::vector<std::string> default_folders;  // those that do not exist are left out
    std::string cache_file;                    // "/etc/ld.so.cache"
    std::vector<std::string> levels;           // of the hardware, best first: "x86-64-v3"
    std::string lib_folder;                    // what $LIB stands for
    std::string processor;                     // what $PLATFORM stands for
};

// Asks this machine, system and process. Changes nothing; any thread.
SystemFacts system_facts();

// Those of avx, avx2, avx512f, sse4.2, bmi2, fma, aes (processor), landlock, seccomp, memfd, user-namespaces, io-uring
// (system; as far as this process may use them) that are there, in this order.
std::vector<std::string> system_features();

// The libraries that are mapped now.
std::vector<LoadedLibrary> loaded_libraries();

// Facts, and the libraries of this system as they are needed: each is read once for all plugins, and again when its
// file has changed. Any thread.
class System {
public:
    System() : System(system_facts()) {}
    explicit System(SystemFacts facts);
    System(const System&) = delete;
    System& operator=(const System&) = delete;

    const SystemFacts& facts() const { return facts_; }
    // Read when it is first asked for: what plugins need is mapped already, more often than not.
    const LdCache& cache() const;

    // A file as the dynamic linker would take it: null if there is none, or it is no library for this machine.
    std::shared_ptr<const Linkage> library(const std::string& path) const;

private:
    struct Known {
        std::uint64_t device, inode, size;
        std::int64_t seconds, nanoseconds;  // of the last change
        std::shared_ptr<const Linkage> linkage;
    };

    SystemFacts facts_;
    mutable std::once_flag cache_is_read_;
    mutable LdCache cache_;
    mutable std::mutex mutex_;
    mutable std::unordered_map<std::string, Known> known_;
};

// Whether two paths lead to one file.
bool same_file(const std::string& a, const std::string& b);

}  // namespace tenon::loader
