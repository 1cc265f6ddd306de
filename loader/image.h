// The facts of a library file: all that can be known before any of its code runs.
#pragma once

#include <tenon/entry.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "loader/source.h"

namespace tenon::loader {

// A manifest may not be longer (bytes).
inline constexpr std::uint64_t max_manifest_size = 64 * 1024;

// A version of a library's symbols that the file needs: {"libc.so.6", "GLIBC_2.34"}.
struct NeededVersion {
    std::string library;
    std::string version;
};

// A plain value that owns all it holds. Addresses are relative to where the file will be loaded.
struct Image {
    std::string path;      // as given to read_image, for messages
    std::string platform;  // "linux-x86_64", "linux-aarch64", "linux-riscv64" or "windows-x86_64"
    std::uint16_t abi_major = 0;
    std::uint16_t abi_minor_required = 0;
    std::uint16_t abi_minor_built = 0;
    std::uint32_t note_type = 0;  // TENON_NOTE_PLUGIN or TENON_NOTE_CONTRACT
    std::uint64_t note_address = 0;
    std::string note;                   // its bytes, header included: payload_size + 24
    std::string manifest;               // TOML, not yet looked at; empty for TENON_NOTE_CONTRACT
    std::vector<tenon_record> records;  // without the TENON_RECORD_END; not yet checked, see read_contracts
    std::optional<std::uint64_t> entry_address;
    std::vector<std::string> needed;      // DT_NEEDED, or the libraries imported from; in order
    std::string soname;                   // empty: none, as always in a Windows library
    std::vector<NeededVersion> versions;  // of the libraries in `needed`, in the order of the file
    std::string build_id;                 // hexadecimal: NT_GNU_BUILD_ID, or CodeView's GUID; empty: none
};

// Reads and checks the file's headers, its note and its entry block, of an ELF file or a Windows library; a few small
// reads if it is not for us. `path` is for messages only. System, machine and ABI version are read, not judged: see
// judge_system and judge_abi.
// Problems: "image.not-elf", "image.bad-elf", "image.not-pe", "image.bad-pe", "image.wrong-machine" (of a kind that
// cannot be read), "image.truncated", "image.no-note", "image.bad-note", "image.no-entry", "image.entry-mismatch".
base::Result<Image> read_image(const Source& source, std::string_view path);

// Opens the file and reads it. Problems: those of read_image and FileSource::open.
base::Result<Image> read_image_file(const std::string& path);

// Whether this system and this machine could run it. Problems: "image.wrong-system", "image.wrong-machine".
base::Check judge_system(const Image& image);

// The highest GLIBC_x.y among the image's versions: {2, 34}; nothing if it needs none.
std::optional<std::pair<unsigned, unsigned>> required_glibc(const Image& image);

// Whether this loader speaks the image's ABI: same major, and no newer minor required than TENON_ABI_MINOR.
// Problems: "abi.major", "abi.minor".
base::Check judge_abi(const Image& image);

}  // namespace tenon::loader
