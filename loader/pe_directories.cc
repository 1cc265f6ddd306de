// What the data directories of a Windows library lead to: imports, exports, relocations, its identity.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loader/pe.h"

namespace tenon::loader {

struct PeExports {
    std::uint32_t flags, time, version, own_name, first_ordinal;
    std::uint32_t function_count, name_count;
    std::uint32_t functions, names, ordinals;  // addresses of tables
};
static_assert(sizeof(PeExports) == 40);

namespace {

enum : std::size_t { exports_directory = 0, imports_directory = 1, relocations_directory = 5, debug_directory = 6 };

struct Import {
    std::uint32_t lookups, time, forwarder, name, places;
};
static_assert(sizeof(Import) == 20);

struct DebugEntry {
    std::uint32_t flags, time, version, type, size, address, offset;
};
static_assert(sizeof(DebugEntry) == 28);

struct CodeView {
    char signature[4];  // "RSDS"
    unsigned char guid[16];
    std::uint32_t age;
};
static_assert(sizeof(CodeView) == 24);

struct RelocationBlock {
    std::uint32_t page, size;  // the size of this head and of the entries behind it
};

constexpr std::size_t max_imports = 1024;
constexpr std::size_t max_string = 4096;
constexpr std::uint32_t max_exports = 65536;  // an ordinal has 16 bits
constexpr std::uint32_t max_debug_entries = 64;
constexpr std::uint32_t max_relocations_size = 16u << 20;
constexpr std::string_view damaged_exports = "its export table is damaged";
constexpr std::uint32_t codeview = 2;
constexpr std::uint64_t page_size = 4096;
constexpr unsigned padding = 0, pointer_of_64_bits = 10;  // kinds of relocations

}  // namespace

std::optional<std::string> Pe::string(std::uint64_t address) const {
    std::string text;
    char chunk[64];
    const Section* const section = section_at(address);
    while (section != nullptr && text.size() < max_string) {
        const std::uint64_t left = section->size() - (address - section->address);
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(sizeof chunk, left));
        if (wanted == 0 || !read_at(address, chunk, wanted)) return {};
        const std::size_t length = ::strnlen(chunk, wanted);
        text.append(chunk, length);
        if (length < wanted) return text;
        address += wanted;
    }
    return {};
}

base::Result<std::vector<std::string>> Pe::imports() const {
    std::vector<std::string> names;
    const Directory table = directory(imports_directory);
    if (table.address == 0) return names;
    for (std::uint64_t at = table.address;; at += sizeof(Import)) {
        Import import{};
        if (!read_at(at, &import, sizeof import)) return bad("its import table has no end");
        if (import.name == 0 || import.places == 0) return names;
        const std::optional<std::string> name = string(import.name);
        if (!name || names.size() == max_imports) return bad("the names in its import table are damaged");
        names.push_back(*name);
    }
}

base::Result<std::optional<std::uint16_t>> Pe::ordinal_of(const PeExports& table, std::string_view name) const {
    std::uint64_t first = 0, last = table.name_count;
    while (first < last) {
        const std::uint64_t middle = (first + last) / 2;
        std::uint32_t address = 0;
        if (!read_at(table.names + middle * sizeof address, &address, sizeof address)) return bad(damaged_exports);
        const std::optional<std::string> found = string(address);
        if (!found) return bad(damaged_exports);
        const int order = name.compare(*found);
        if (order < 0) last = middle;
        if (order > 0) first = middle + 1;
        if (order != 0) continue;
        std::uint16_t ordinal = 0;
        if (!read_at(table.ordinals + middle * sizeof ordinal, &ordinal, sizeof ordinal) ||
            ordinal >= table.function_count)
            return bad(damaged_exports);
        return std::optional(ordinal);
    }
    return std::optional<std::uint16_t>();
}

base::Result<std::optional<PeExport>> Pe::exported(std::string_view name) const {
    const Directory table = directory(exports_directory);
    if (table.address == 0) return std::optional<PeExport>();
    PeExports head{};
    if (!read_at(table.address, &head, sizeof head) || head.name_count > max_exports ||
        head.function_count > max_exports)
        return bad(damaged_exports);
    base::Result<std::optional<std::uint16_t>> ordinal = ordinal_of(head, name);
    if (!ordinal) return ordinal.problem();
    if (!ordinal.value()) return std::optional<PeExport>();
    std::uint32_t address = 0;
    if (!read_at(head.functions + *ordinal.value() * sizeof address, &address, sizeof address))
        return bad(damaged_exports);
    // An address inside the table itself is the name of another library's symbol.
    if (address < table.address || address - table.address >= table.size) return std::optional(PeExport{address, {}});
    const std::optional<std::string> other = string(address);
    if (!other) return bad(damaged_exports);
    return std::optional(PeExport{0, *other});
}

base::Result<bool> Pe::is_moved_as_a_pointer(std::uint64_t address) const {
    const Directory table = directory(relocations_directory);
    if (table.address == 0) return false;
    const auto damaged = [&](std::size_t at) {
        return bad(fmt::format("its relocation table is damaged at its byte {}", at));
    };
    // In one go: there may be a million blocks in it.
    std::string bytes(table.size <= max_relocations_size ? table.size : 0, '\0');
    if (bytes.size() != table.size || (!bytes.empty() && !read_at(table.address, bytes.data(), bytes.size())))
        return damaged(0);
    int moves = 0, others = 0;
    std::vector<std::uint16_t> entries;
    RelocationBlock block{};
    for (std::size_t at = 0; at < bytes.size(); at += block.size) {
        if (bytes.size() - at < sizeof block) return damaged(at);
        std::memcpy(&block, bytes.data() + at, sizeof block);
        if (block.size < sizeof block || block.size % sizeof entries[0] != 0 || block.size > bytes.size() - at)
            return damaged(at);
        const std::uint64_t page = block.page;
        if (address + sizeof address <= page || address >= page + page_size + sizeof address) continue;
        entries.resize((block.size - sizeof block) / sizeof entries[0]);
        if (!entries.empty())
            std::memcpy(entries.data(), bytes.data() + at + sizeof block, entries.size() * sizeof entries[0]);
        for (const unsigned entry : entries) {
            const unsigned kind = entry >> 12;
            const std::uint64_t place = page + (entry & (page_size - 1));
            if (kind == padding || place + sizeof address <= address || place >= address + sizeof address) continue;
            ++(kind == pointer_of_64_bits && place == address ? moves : others);
        }
    }
    return moves == 1 && others == 0;
}

std::string Pe::build_id() const {
    const Directory table = directory(debug_directory);
    const std::uint32_t count = std::min<std::uint32_t>(table.size / sizeof(DebugEntry), max_debug_entries);
    for (std::uint32_t i = 0; i < count; ++i) {
        DebugEntry entry{};
        CodeView record{};
        // By its address: strip leaves a wrong place in the file behind.
        if (!read_at(table.address + i * sizeof entry, &entry, sizeof entry) || entry.type != codeview ||
            entry.size < sizeof record || !read_at(entry.address, &record, sizeof record) ||
            std::memcmp(record.signature, "RSDS", sizeof record.signature) != 0)
            continue;
        // The first three parts of a GUID are numbers, and shown as such.
        constexpr int order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
        std::string text;
        for (const int index : order) text += fmt::format("{:02x}", record.guid[index]);
        return text;
    }
    return {};
}

}  // namespace tenon::loader
