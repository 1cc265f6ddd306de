// A bounded reader of ELF shared objects.
//
// The file may be foreign, half written or hostile, and what the dynamic linker does with such a file ranges from
// SIGBUS to running it. So this reader trusts nothing: each read is bounded by the file, each sum is checked, each
// count has a limit. It goes by what the dynamic linker goes by, the program headers, because strip and friends take
// the section table away; only the note is looked for in the sections too, if no program header leads to it. Addresses
// are translated through the loadable segments, never through a second offset that could tell another story.
#pragma once

#include <elf.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "loader/source.h"

namespace tenon::loader {

// What a note's header says, and where it is.
struct Note {
    std::uint32_t type = 0;
    std::uint64_t offset = 0;   // in the file, of its header
    std::uint64_t address = 0;  // when loaded
    std::uint64_t size = 0;     // header, name and payload
    std::uint64_t payload = 0;  // where the payload begins, from the header
};

// The dynamic section. Addresses are 0 where the file has no such table.
struct Dynamic {
    std::vector<std::string> needed;
    std::string soname;
    std::uint64_t strings = 0;
    std::uint64_t strings_size = 0;
    std::uint64_t symbols = 0;
    std::uint64_t gnu_hash = 0;
    std::uint64_t hash = 0;
    std::uint64_t relocations = 0;  // DT_RELA
    std::uint64_t relocations_size = 0;
    bool packed_relocations = false;   // DT_RELR
    bool no_delete = false;            // DF_1_NODELETE
    bool bind_now = false;             // DF_BIND_NOW, DF_1_NOW or DT_BIND_NOW
    bool text_relocations = false;     // DF_TEXTREL or DT_TEXTREL
    bool symbolic = false;             // DF_SYMBOLIC or DT_SYMBOLIC
    bool static_tls = false;           // DF_STATIC_TLS
    bool no_default_folders = false;   // DF_1_NODEFLIB
    std::optional<std::string> rpath;  // folders, separated by colons
    std::optional<std::string> runpath;
    std::uint64_t constructors = 0;     // entries of DT_INIT_ARRAY
    std::uint64_t symbol_versions = 0;  // DT_VERSYM: 16 bits for each symbol
    std::uint64_t needed_versions = 0;
    std::uint64_t needed_versions_count = 0;  // libraries, not versions
    std::uint64_t defined_versions = 0;
    std::uint64_t defined_versions_count = 0;
};

// A version that some symbols must have: its name, and the library that defines it.
struct VersionNeed {
    std::string library;
    std::string version;
    std::uint16_t index = 0;  // in DT_VERSYM
    bool weak = false;        // it may be missing
};

// Borrows the source, which must outlive it.
class Elf {
public:
    // Reads and checks the header and the program headers. Problems: "image.not-elf", "image.wrong-machine", and
    // "image.truncated" and "image.bad-elf", which the other functions may give too.
    static base::Result<Elf> open(const Source& source, std::string_view path);

    std::uint16_t machine() const { return header_.e_machine; }
    // As it was given to open, for messages.
    const std::string& path() const { return path_; }

    // Whether the file's end is there: a file whose room was taken before it was written ends in zeros. A section table
    // that somebody took away, or destroyed in another way, is no fault. Problem: "image.truncated".
    base::Check check_end() const;

    // The first note of this name, or nothing. Whether its address is one that will be loaded, read_at tells.
    base::Result<std::optional<Note>> note(std::string_view name) const;
    // The bytes of NT_GNU_BUILD_ID in hexadecimal; empty if there are none.
    base::Result<std::string> build_id() const;
    base::Result<Dynamic> dynamic() const;
    // The dynamic symbol of this name, defined or not, found through the file's hash table. (Its bloom filter is not
    // asked: a filter that lies shows when the module is opened.)
    base::Result<std::optional<Elf64_Sym>> symbol(const Dynamic& dynamic, std::string_view name) const;
    base::Result<Elf64_Sym> symbol_at(const Dynamic& dynamic, std::uint64_t index) const;
    // Calls `visit` with each defined dynamic symbol until it returns false.
    base::Check each_symbol(const Dynamic& dynamic, const std::function<bool(const Elf64_Sym&)>& visit) const;
    // How many dynamic symbols there are, the first one, which is none, included; 0 if none is defined and the hash
    // table is a GNU one, which does not count the others.
    base::Result<std::uint64_t> symbol_count(const Dynamic& dynamic) const;
    // DT_VERNEED and DT_VERDEF (without the base, which names the file), in the order of the file.
    base::Result<std::vector<VersionNeed>> versions_needed(const Dynamic& dynamic) const;
    base::Result<std::vector<std::string>> versions_defined(const Dynamic& dynamic) const;

    const std::vector<Elf64_Phdr>& segments() const { return segments_; }

    // Reads what will be at this address once loaded. False where no loadable segment has bytes of the file.
    bool read_at(std::uint64_t address, void* out, std::size_t size) const;
    // A NUL-terminated string of the dynamic string table, at most 4096 bytes long.
    std::optional<std::string> string(const Dynamic& dynamic, std::uint64_t offset) const;

private:
    // Through all notes of the file, wherever they are.
    struct NoteWalk {
        std::function<bool(const Note&, std::string_view)> visit;  // until it returns false
        int notes = 0;                                             // so far
        bool done = false;
    };

    Elf(const Source& source, std::string_view path) : source_(&source), path_(path) {}

    base::Check read_segments();
    base::Check check_segment(const Elf64_Phdr& segment) const;
    base::Check walk_notes(std::uint64_t offset, std::uint64_t address, std::uint64_t size, std::uint64_t alignment,
                           NoteWalk& walk) const;
    base::Check walk_note_segments(NoteWalk& walk) const;
    base::Check walk_note_sections(NoteWalk& walk) const;
    std::optional<std::uint64_t> offset_of(std::uint64_t address, std::uint64_t size) const;
    std::string bytes_from(std::uint64_t address, std::uint64_t limit) const;
    base::Result<std::optional<Elf64_Sym>> find_by_gnu_hash(const Dynamic& dynamic, std::string_view name) const;
    base::Result<std::optional<Elf64_Sym>> find_by_hash(const Dynamic& dynamic, std::string_view name) const;
    bool named(const Dynamic& dynamic, const Elf64_Sym& symbol, std::string_view name) const;

    base::Problem truncated(std::string_view what) const;
    base::Problem bad(std::string_view what) const;

    const Source* source_;
    std::string path_;
    Elf64_Ehdr header_{};
    std::vector<Elf64_Phdr> segments_;
};

}  // namespace tenon::loader
