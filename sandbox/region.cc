#include "sandbox/region.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/interprocess/exceptions.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#ifndef MFD_NOEXEC_SEAL  // Linux 6.3
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace tenon::sandbox {

namespace {

namespace ipc = boost::interprocess;

constexpr int size_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
// Not F_SEAL_WRITE, which older kernels take for a ban on shared mappings for reading, too (before Linux 6.7).
constexpr int write_seals = F_SEAL_FUTURE_WRITE;
constexpr int all_seals = size_seals | write_seals | F_SEAL_WRITE;

constexpr int seals_for(Writer writer) {
    return writer == Writer::host ? size_seals | write_seals : size_seals;
}

// What mapped_region asks of a thing that it maps.
struct Mappable {
    int fd;
    ipc::mapping_handle_t get_mapping_handle() const noexcept { return {fd, false}; }
};

base::Problem no_memory(std::uint64_t size, const char* what, int error) {
    return {"worker.no-memory",
            fmt::format("{} bytes of memory to share with a worker: {}: {}", size, what, std::strerror(error)),
            "free memory or descriptors, or raise the limits of the process"};
}

base::Problem wrong_size(std::uint64_t size) {
    return {"worker.no-memory",
            fmt::format("{} bytes of memory to share with a worker: from 1 to {} can be had", size, largest_region),
            "pass less at a time"};
}

base::Problem wrong_memory(const std::string& found) {
    return {"worker.wrong-memory", "the memory that the host passed to the worker: " + found,
            "use the host and tenon-worker of one version"};
}

int memory_file() noexcept {
    const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    const int fd = ::memfd_create("tenon", flags | MFD_NOEXEC_SEAL);
    return fd < 0 && errno == EINVAL ? ::memfd_create("tenon", flags) : fd;
}

bool allocate(int fd, std::uint64_t size) noexcept {
    int failed = 0;
    do failed = ::fallocate(fd, 0, 0, static_cast<off_t>(size));
    while (failed != 0 && errno == EINTR);
    return failed == 0;
}

base::Result<ipc::mapped_region> mapping_of(int fd, std::uint64_t size, bool writable) {
    try {
        return ipc::mapped_region(Mappable{fd}, writable ? ipc::read_write : ipc::read_only, 0, size);
    } catch (const ipc::interprocess_exception& failed) {
        return no_memory(size, "it cannot be mapped", failed.get_native_error());
    }
}

// What is wrong with a descriptor that should be memory of the host; empty if nothing.
std::string fault_of(int fd, std::uint64_t size, Writer writer) {
    const int seals = ::fcntl(fd, F_GET_SEALS);
    if (seals < 0) return fmt::format("it is no memory file: {}", std::strerror(errno));
    if ((seals & all_seals) != seals_for(writer))
        return fmt::format("its seals are {:#x}, wanted {:#x}", seals & all_seals, seals_for(writer));
    // Not fstat: libc asks by a call that takes a path, too, which a locked worker does not have.
    const off_t found = ::lseek(fd, 0, SEEK_END);
    if (found < 0) return fmt::format("its size cannot be read: {}", std::strerror(errno));
    if (static_cast<std::uint64_t>(found) != size) return fmt::format("it has {} bytes, wanted {}", found, size);
    return {};
}

}  // namespace

base::Result<Region> Region::make(std::uint64_t size, Writer writer) {
    if (size == 0 || size > largest_region) return wrong_size(size);
    base::Fd fd(memory_file());
    if (!fd) return no_memory(size, "no memory file", errno);
    if (!allocate(fd.get(), size)) return no_memory(size, "its pages cannot be had", errno);
    base::Result<ipc::mapped_region> mapping = mapping_of(fd.get(), size, writer == Writer::host);
    if (!mapping) return mapping.problem();
    if (::fcntl(fd.get(), F_ADD_SEALS, seals_for(writer)) != 0) return no_memory(size, "it cannot be sealed", errno);
    return Region(std::move(fd), mapping.take());
}

base::Result<Region> Region::map(base::Fd fd, std::uint64_t size, Writer writer) {
    if (const std::string fault = fault_of(fd.get(), size, writer); !fault.empty()) return wrong_memory(fault);
    base::Result<ipc::mapped_region> mapping = mapping_of(fd.get(), size, writer == Writer::worker);
    if (!mapping) return mapping.problem();
    return Region(std::move(fd), mapping.take());
}

std::span<std::byte> Region::writable() const noexcept {
    if (mapping_.get_mode() != ipc::read_write) return {};
    return {static_cast<std::byte*>(mapping_.get_address()), mapping_.get_size()};
}

std::span<const std::byte> Region::bytes() const noexcept {
    return {static_cast<const std::byte*>(mapping_.get_address()), mapping_.get_size()};
}

}  // namespace tenon::sandbox
