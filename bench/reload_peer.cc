#include "reload_peer.h"

#include <dlfcn.h>

#include <filesystem>
#include <mutex>
#include <stdexcept>

namespace bench {

void LockedLibrary::reload(const std::string& file) {
    const std::string copy = file + ".peer" + std::to_string(++generation_);
    std::filesystem::copy_file(file, copy, std::filesystem::copy_options::overwrite_existing);
    const std::unique_lock guard(lock_);
    if (library_ != nullptr) ::dlclose(library_);
    if (!copy_.empty()) std::filesystem::remove(copy_);
    copy_ = copy;
    library_ = ::dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) throw std::runtime_error(::dlerror());
    function_ = reinterpret_cast<std::uint64_t (*)()>(::dlsym(library_, "bench_number"));
    if (function_ == nullptr) throw std::runtime_error("bench_number is missing");
}

LockedLibrary::~LockedLibrary() {
    if (library_ != nullptr) ::dlclose(library_);
    if (!copy_.empty()) std::filesystem::remove(copy_);
}

}  // namespace bench
