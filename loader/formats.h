// read_image, format by format. Inside loader/ only.
#pragma once

#include <string_view>

#include "base/result.h"
#include "loader/image.h"
#include "loader/source.h"

namespace tenon::loader {

// "image.not-elf": neither an ELF file nor one for Windows, or not a library.
base::Problem not_elf(std::string_view path, std::string_view what);

base::Result<Image> read_elf_image(const Source& source, std::string_view path);
base::Result<Image> read_pe_image(const Source& source, std::string_view path);

}  // namespace tenon::loader
