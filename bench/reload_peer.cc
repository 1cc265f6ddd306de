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
    const auto* const entry = static_cast<const tenon_entry_block*>(::dlsym(library_, "tenon_entry"));
    if (entry == nullptr) throw std::runtime_error("tenon_entry is missing");
    function_ = static_cast<const tenon_handler*>(entry->handlers.data)->fn;
}

LockedLibrary::~LockedLibrary() {
    if (library_ != nullptr) ::dlclose(library_);
    if (!copy_.empty()) std::filesystem::remove(copy_);
}

}  // namespace bench
