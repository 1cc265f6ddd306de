#include "loader/system.h"

#include <elf.h>
#include <sys/stat.h>

#include "base/file.h"
#include "loader/source.h"

namespace tenon::loader {

namespace {

constexpr std::uint64_t max_cache_file = 16u << 20;
constexpr std::size_t max_known = 1024;

#if defined(__x86_64__)
constexpr std::uint16_t own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t own_machine = EM_AARCH64;
#else
constexpr std::uint16_t own_machine = EM_RISCV;
#endif

LdCache read_cache(const std::string& path) {
    const base::Result<std::string> bytes = base::read_file(path, max_cache_file);
    return LdCache::parse(bytes ? bytes.value() : std::string());
}

std::shared_ptr<const Linkage> read_library(const std::string& path) {
    const base::Result<FileSource> source = FileSource::open(path);
    if (!source) return {};
    const base::Result<Elf> elf = Elf::open(source.value(), path);
    if (!elf || elf.value().machine() != own_machine) return {};
    base::Result<Linkage> linkage = Linkage::read(elf.value());
    if (!linkage) return {};
    linkage.value().index_symbols();
    return std::make_shared<const Linkage>(linkage.take());
}

}  // namespace

System::System(SystemFacts facts) : facts_(std::move(facts)) {}

const LdCache& System::cache() const {
    std::call_once(cache_is_read_, [this] { cache_ = read_cache(facts_.cache_file); });
    return cache_;
}

std::shared_ptr<const Linkage> System::library(const std::string& path) const {
    struct stat now{};
    if (::stat(path.c_str(), &now) != 0 || !S_ISREG(now.st_mode)) return {};
    Known fresh{now.st_dev,         now.st_ino,          static_cast<std::uint64_t>(now.st_size),
                now.st_mtim.tv_sec, now.st_mtim.tv_nsec, {}};
    {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(path);
        if (found != known_.end() && found->second.device == fresh.device && found->second.inode == fresh.inode &&
            found->second.size == fresh.size && found->second.seconds == fresh.seconds &&
            found->second.nanoseconds == fresh.nanoseconds)
            return found->second.linkage;
    }
    // Not under the lock: another thread may read the same file meanwhile, and then one of the two stays.
    fresh.linkage = read_library(path);
    const std::lock_guard lock(mutex_);
    if (known_.size() >= max_known) known_.clear();
    return known_.insert_or_assign(path, std::move(fresh)).first->second.linkage;
}

bool same_file(const std::string& a, const std::string& b) {
    struct stat first{}, second{};
    return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

}  // namespace tenon::loader
