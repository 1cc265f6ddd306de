#include "loader/platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "loader/image.h"

namespace tenon::loader {

namespace {

constexpr Platform platforms[] = {
    {"linux-x86_64", "Linux", "x86-64"},
    {"linux-aarch64", "Linux", "AArch64"},
    {"linux-riscv64", "Linux", "RISC-V"},
    {"windows-x86_64", "Windows", "x86-64"},
};

#if defined(__linux__) && defined(__x86_64__)
constexpr std::string_view this_name = "linux-x86_64";
#elif defined(__linux__) && defined(__aarch64__)
constexpr std::string_view this_name = "linux-aarch64";
#elif defined(__linux__) && defined(__riscv)
constexpr std::string_view this_name = "linux-riscv64";
#else
#error "name this platform here and in the table above"
#endif

}  // namespace

Platform platform(std::string_view name) {
    const auto* const known = std::find_if(std::begin(platforms), std::end(platforms),
                                           [&](const Platform& candidate) { return candidate.name == name; });
    return known != std::end(platforms) ? *known : Platform{name, name, name};
}

Platform this_platform() {
    return platform(this_name);
}

base::Problem wrong_machine(std::string_view path, std::string_view found) {
    return {"image.wrong-machine",
            fmt::format("{}: was built for {}; this host runs on {}", path, found, this_platform().machine),
            "Use the build for this machine."};
}

base::Problem wrong_system(std::string_view path, std::string_view found) {
    return {"image.wrong-system",
            fmt::format("{}: was built for {}; this host runs on {}", path, found, this_platform().system),
            "Use the build for this system."};
}

base::Check judge_system(const Image& image) {
    const Platform found = platform(image.platform);
    const Platform wanted = this_platform();
    if (found.system != wanted.system) return wrong_system(image.path, found.system);
    if (found.machine != wanted.machine) return wrong_machine(image.path, found.machine);
    return {};
}

}  // namespace tenon::loader
