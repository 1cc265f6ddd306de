// Memory that a host and a worker share: an anonymous memory file, made by the host, mapped by both.
//
// Its pages are there from the start and its size is sealed, so reading it never faults, whatever the other side does
// with the descriptor. What the host writes is sealed against all other writers once the host has mapped it; what the
// worker writes the host maps for reading only. Boost's mapped_region keeps the mapping; nothing else of Boost's
// shared memory is used, because all of that trusts what lies in the memory.
#pragma once

#include <boost/interprocess/mapped_region.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/fd.h"
#include "base/result.h"

namespace tenon::sandbox {

// The largest region. Memory files know no limit of their own: the kernel takes page after page until the machine has
// no memory left and it ends processes, so that a size too large must be refused before it is tried.
inline constexpr std::uint64_t largest_region = std::uint64_t{1} << 30;

// The one side that may write a region.
enum class Writer { host, worker };

// Movable; unmaps and closes on destruction. Not thread-safe; its bytes may be used on any thread. Spans stay valid
// when the region is moved.
class Region {
public:
    // The host's side: new memory, filled with zeros, of 1 to largest_region bytes. Problem: "worker.no-memory".
    static base::Result<Region> make(std::uint64_t size, Writer writer);

    // The worker's side: memory that the host made with the same size and writer. Nothing is mapped unless the kernel
    // says that the descriptor is a memory file of that size with those seals.
    // Problems: "worker.wrong-memory", "worker.no-memory".
    static base::Result<Region> map(base::Fd fd, std::uint64_t size, Writer writer);

    // Empty on the side that may not write.
    std::span<std::byte> writable() const noexcept;
    std::span<const std::byte> bytes() const noexcept;

    // For passing on; -1 once closed. The mapping does not need it.
    int fd() const noexcept { return fd_.get(); }
    void close_fd() noexcept { fd_.close(); }

private:
    Region(base::Fd fd, boost::interprocess::mapped_region mapping) noexcept
        : fd_(std::move(fd)), mapping_(std::move(mapping)) {}

    base::Fd fd_;
    boost::interprocess::mapped_region mapping_;
};

}  // namespace tenon::sandbox
