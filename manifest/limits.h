// The resources that a plugin asks for at most: [limits].
#pragma once

#include <cstdint>
#include <optional>

namespace tenon::manifest {

// What is not stated is the operator's to say.
struct Limits {
    std::optional<std::uint64_t> memory;      // bytes
    std::optional<std::uint32_t> cpu;         // percent of one processor
    std::optional<std::uint64_t> cpu_time;    // nanoseconds of a processor, of all its life; only operators say it
    std::optional<std::uint64_t> call_time;   // nanoseconds
    std::optional<std::uint32_t> files;       // open at once
    std::optional<std::uint32_t> processes;   // beside its own, at once
    std::optional<std::uint64_t> file_size;   // bytes, of each file that it writes
    std::optional<std::uint64_t> data;        // bytes, of its data folder
    std::optional<std::uint32_t> max_errors;  // after so many it is disabled for good
};

}  // namespace tenon::manifest
