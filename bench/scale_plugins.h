// 1,000 libraries: loaded as plugins, and opened without Tenon.
#pragma once

#include <cstdint>
#include <string>

namespace bench {

// Memory of this process that is in RAM.
std::uint64_t resident_kib();

// A table. `library` is what the libraries are copies of; each measurement runs in a process of its own.
std::string many_plugins(const std::string& library);

}  // namespace bench
