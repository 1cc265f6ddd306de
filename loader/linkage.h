// What a library file asks of the dynamic linker and offers to others: all tables that it goes by, each read in one go.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "loader/elf.h"

namespace tenon::loader {

// A dynamic symbol that is not local. The name lies in the Linkage that it is a part of.
struct LinkSymbol {
    std::string_view name;
    std::uint8_t binding = 0;     // STB_...
    std::uint8_t visibility = 0;  // STV_...
    bool defined = false;
    bool is_version = false;    // names a version of a version script, and is no code or data
    std::uint16_t version = 0;  // VersionNeed::index; 0 and 1: none
};

// Move-only; what it points at stays where it is when it is moved. Any thread may read it.
struct Linkage {
    Dynamic dynamic;
    std::vector<Elf64_Phdr> segments;
    std::vector<VersionNeed> needs;
    std::vector<std::string> versions;  // that it defines
    std::vector<LinkSymbol> symbols;
    std::unordered_set<std::string_view> defined;  // names among `symbols`; empty until index_symbols
    std::uint16_t machine = 0;
    bool has_tenon_note = false;

    // Problems: "image.bad-elf", "image.truncated". At most 64 MiB of names are read, and no symbol may have one of
    // more than 4096 bytes.
    static base::Result<Linkage> read(const Elf& elf);
    // Only `dynamic`, `segments` and `machine`, in a time that does not depend on how many symbols there are. The same
    // problems.
    static base::Result<Linkage> read_head(const Elf& elf);
    // Fills `defined`: worth its time for a library in which many symbols are looked up.
    void index_symbols();

private:
    std::unique_ptr<char[]> names_;
};

}  // namespace tenon::loader
