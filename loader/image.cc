#include "loader/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loader/formats.h"
#include "loader/pe.h"

namespace tenon::loader {

base::Problem not_elf(std::string_view path, std::string_view what) {
    return {"image.not-elf", fmt::format("{}: {}", path, what),
            "Name a shared library (.so) that was built for this system."};
}

base::Result<Image> read_image(const Source& source, std::string_view path) {
    return Pe::is_one(source) ? read_pe_image(source, path) : read_elf_image(source, path);
}

base::Result<Image> read_image_file(const std::string& path) {
    base::Result<FileSource> source = FileSource::open(path);
    if (!source) return source.problem();
    return read_image(source.value(), path);
}

base::Check judge_abi(const Image& image) {
    if (image.abi_major != TENON_ABI_MAJOR)
        return base::Problem{
            "abi.major",
            fmt::format("{}: was built for Tenon ABI {}.{}; this host has ABI {}.{}, and another major does not fit",
                        image.path, unsigned{image.abi_major}, unsigned{image.abi_minor_built}, TENON_ABI_MAJOR,
                        TENON_ABI_MINOR),
            fmt::format("Build the plugin with the headers of ABI {}, or use a host of ABI {}.", TENON_ABI_MAJOR,
                        unsigned{image.abi_major})};
    if (image.abi_minor_required > TENON_ABI_MINOR)
        return base::Problem{"abi.minor",
                             fmt::format("{}: requires Tenon ABI {}.{} or a newer minor; this host has ABI {}.{}",
                                         image.path, unsigned{image.abi_major}, unsigned{image.abi_minor_required},
                                         TENON_ABI_MAJOR, TENON_ABI_MINOR),
                             "Use a newer host, or build the plugin with a lower TENON_ABI_MINOR_REQUIRED."};
    return {};
}

}  // namespace tenon::loader
