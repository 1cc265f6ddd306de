// The facts of a library file: all that can be known before any of its code runs.
#pragma once

#include <tenon/entry.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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
    std::string platform;  // "linux-x86_64", "windows-x86_64": system and machine that it was built for
    std::uint16_t machine = 0;
    std::uint16_t abi_major = 0;
    std::uint16_t abi_minor_required = 0;
    std::uint16_t abi_minor_built = 0;
    std::uint32_t note_type = 0;  // TENON_NOTE_PLUGIN or TENON_NOTE_CONTRACT
    std::uint64_t note_address = 0;
    std::string note;                   // its bytes, header included: payload_size + 24
    std::string manifest;               // TOML, not yet looked at; empty for TENON_NOTE_CONTRACT
    std::vector<tenon_record> records;  // without the TENON_RECORD_END; not yet checked, see read_contracts
    std::optional<std::uint64_t> entry_address;
    std::vector<std::string> needed;      // DT_NEEDED, in order
    std::string soname;                   // empty: none
    std::vector<NeededVersion> versions;  // of the libraries in `needed`, in the order of the file
    std::string build_id;                 // hexadecimal; empty: none
};

// Reads and checks the file's headers, its note and its entry block; a few small reads if it is not for us. `path` is
// for messages only. The ABI version is read, not judged: see judge_abi.
// Problems: "image.not-elf", "image.truncated", "image.bad-elf", "image.wrong-machine", "image.no-note",
// "image.bad-note", "image.no-entry", "image.entry-mismatch".
base::Result<Image> read_image(const Source& source, std::string_view path);

// Opens the file and reads it. Problems: those of read_image and FileSource::open.
base::Result<Image> read_image_file(const std::string& path);

// Whether this loader speaks the image's ABI: same major, and no newer minor required than TENON_ABI_MINOR.
// Problems: "abi.major", "abi.minor".
base::Check judge_abi(const Image& image);

}  // namespace tenon::loader
