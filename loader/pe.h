// A bounded reader of Windows libraries (PE32+), under the same rules as the reader of ELF files: each read is bounded
// by the file, each sum is checked, each count has a limit. It goes by what Windows goes by when it maps the file: the
// section table and the data directories. Addresses are relative to where the file will be loaded, as everywhere in a
// PE file but in its pointers, which hold the preferred base besides.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "loader/source.h"

namespace tenon::loader {

// A symbol that the file exports by its name.
struct PeExport {
    std::uint64_t address = 0;
    std::string forwarded;  // "OTHER.symbol": it is another library's, and the address means nothing
};

struct PeExports;  // the head of the table

// Borrows the source, which must outlive it.
class Pe {
public:
    // The header of a section, as it is in the file.
    struct Section {
        char name[8];
        std::uint32_t memory_size;
        std::uint32_t address;
        std::uint32_t file_size;
        std::uint32_t offset;
        std::uint32_t relocations, line_numbers;
        std::uint16_t relocation_count, line_number_count;
        std::uint32_t flags;

        // Of its bytes in the file, what is loaded; the rest of the file's is padding, of the memory's zeros.
        std::uint64_t size() const;
        bool is_named(std::string_view wanted) const;
        bool is_code() const;
    };

    // Whether the file claims to be one: it begins with "MZ", as ever since DOS.
    static bool is_one(const Source& source);

    // Reads and checks the headers and the section table. Problems: "image.not-pe", "image.wrong-machine", and
    // "image.truncated" and "image.bad-pe", which the other functions may give too.
    static base::Result<Pe> open(const Source& source, std::string_view path);

    // Where the file's pointers expect it to be loaded.
    std::uint64_t base() const { return base_; }
    // The first section of this name, or nullptr.
    const Section* section(std::string_view name) const;
    // The section that has bytes of the file at this address, or nullptr.
    const Section* section_at(std::uint64_t address) const;

    // The libraries that are loaded with it, in order.
    base::Result<std::vector<std::string>> imports() const;
    // Found as Windows does, by halving the sorted table of names.
    base::Result<std::optional<PeExport>> exported(std::string_view name) const;
    // Whether the eight bytes at this address are moved with the file as one pointer, once, and in no other way.
    base::Result<bool> is_moved_as_a_pointer(std::uint64_t address) const;
    // The GUID of the CodeView record in hexadecimal, in the order in which tools show it; empty if there is none.
    std::string build_id() const;

    // Reads what will be at this address once loaded. False where no section has bytes of the file.
    bool read_at(std::uint64_t address, void* out, std::size_t size) const;

private:
    struct Directory {
        std::uint32_t address;
        std::uint32_t size;
    };

    Pe(const Source& source, std::string_view path) : source_(&source), path_(path) {}

    base::Check read_headers();
    base::Check read_optional_header(std::uint64_t at, std::size_t size);
    base::Check read_sections(std::uint64_t at, std::size_t count);
    base::Check check_sections(std::uint64_t headers) const;
    base::Check check_end(std::uint64_t symbols, std::uint64_t symbol_count) const;
    Directory directory(std::size_t index) const { return directories_[index]; }
    std::optional<std::string> string(std::uint64_t address) const;
    base::Result<std::optional<std::uint16_t>> ordinal_of(const PeExports& table, std::string_view name) const;

    base::Problem truncated(std::string_view what) const;
    base::Problem bad(std::string_view what) const;

    const Source* source_;
    std::string path_;
    std::uint64_t base_ = 0;
    std::uint32_t alignment_ = 0;  // of sections in memory
    std::uint32_t memory_ = 0;     // what the file takes once loaded
    std::array<Directory, 16> directories_{};
    std::vector<Section> sections_;
};

}  // namespace tenon::loader
