#include "loader/linkage.h"

#include <fmt/format.h>
#include <tenon/entry.h>

#include <algorithm>
#include <cstring>

namespace tenon::loader {

namespace {

constexpr std::uint64_t max_string_table = 64u << 20;  // bytes of the string table
constexpr std::uint64_t max_length = 64u << 20;        // of the names of all symbols: many may have the same long one
constexpr std::uint64_t max_symbol = 4096;

base::Problem damaged(const Elf& elf, std::string_view what) {
    return {"image.bad-elf", fmt::format("{}: {}", elf.path(), what), "The file is damaged: build or copy it again."};
}

struct Tables {
    std::vector<Elf64_Sym> symbols;
    std::vector<std::uint16_t> versions;  // as many, or none
    std::unique_ptr<char[]> names;
    std::uint64_t names_size = 0;

    // The name at this place; the byte behind the last one is zero. Empty beyond its end, nothing if it is too long.
    std::optional<std::string_view> name_at(std::uint32_t offset) const {
        if (offset >= names_size) return std::string_view();
        const auto most = static_cast<std::size_t>(std::min(max_symbol, names_size - offset) + 1);
        const std::size_t length = ::strnlen(names.get() + offset, most);
        if (length == most) return {};
        return std::string_view(names.get() + offset, length);
    }
};

base::Result<Tables> read_tables(const Elf& elf, const Dynamic& dynamic) {
    base::Result<std::uint64_t> count = elf.symbol_count(dynamic);
    if (!count) return count.problem();
    Tables tables;
    tables.symbols.resize(static_cast<std::size_t>(count.value()));
    if (!tables.symbols.empty() &&
        !elf.read_at(dynamic.symbols, tables.symbols.data(), tables.symbols.size() * sizeof(Elf64_Sym)))
        return damaged(elf, "its dynamic symbols are not in a loadable segment");
    if (dynamic.symbol_versions != 0 && !tables.symbols.empty()) {
        tables.versions.resize(tables.symbols.size());
        if (!elf.read_at(dynamic.symbol_versions, tables.versions.data(), tables.versions.size() * 2))
            return damaged(elf, "the versions of its symbols are not in a loadable segment");
    }
    tables.names_size = dynamic.strings_size;
    if (tables.names_size > max_string_table) return damaged(elf, "its string table is beyond the limit of 64 MiB");
    // One byte more than the table has: a table whose last string has no end is closed.
    tables.names = std::make_unique<char[]>(static_cast<std::size_t>(tables.names_size) + 1);
    if (!elf.read_at(dynamic.strings, tables.names.get(), static_cast<std::size_t>(tables.names_size)))
        return damaged(elf, "its string table is not in a loadable segment");
    return tables;
}

// False if a name is longer than any symbol's, or all of them together.
bool take_symbols(const Tables& tables, Linkage& out) {
    std::uint64_t length = 0;
    out.symbols.reserve(tables.symbols.size());
    for (std::size_t i = 1; i < tables.symbols.size(); ++i) {
        const Elf64_Sym& symbol = tables.symbols[i];
        if (ELF64_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
        const std::optional<std::string_view> name = tables.name_at(symbol.st_name);
        if (!name) return false;
        length += name->size();
        if (length > max_length) return false;
        LinkSymbol one;
        one.name = *name;
        one.binding = ELF64_ST_BIND(symbol.st_info);
        one.visibility = ELF64_ST_VISIBILITY(symbol.st_other);
        one.defined = symbol.st_shndx != SHN_UNDEF;
        one.is_version = symbol.st_shndx == SHN_ABS && ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT;
        if (!tables.versions.empty()) one.version = tables.versions[i] & 0x7fffu;
        out.symbols.push_back(one);
    }
    return true;
}

}  // namespace

void Linkage::index_symbols() {
    defined.reserve(symbols.size());
    for (const LinkSymbol& symbol : symbols)
        if (symbol.defined) defined.insert(symbol.name);
}

base::Result<Linkage> Linkage::read_head(const Elf& elf) {
    base::Result<Dynamic> dynamic = elf.dynamic();
    if (!dynamic) return dynamic.problem();
    Linkage out;
    out.dynamic = dynamic.take();
    out.segments = elf.segments();
    out.machine = elf.machine();
    return out;
}

base::Result<Linkage> Linkage::read(const Elf& elf) {
    base::Result<Linkage> head = read_head(elf);
    if (!head) return head.problem();
    Linkage out = head.take();
    base::Result<std::vector<VersionNeed>> needs = elf.versions_needed(out.dynamic);
    if (!needs) return needs.problem();
    out.needs = needs.take();
    base::Result<std::vector<std::string>> versions = elf.versions_defined(out.dynamic);
    if (!versions) return versions.problem();
    out.versions = versions.take();
    base::Result<std::optional<Note>> note = elf.note(TENON_NOTE_NAME);
    out.has_tenon_note = note && note.value();
    base::Result<Tables> tables = read_tables(elf, out.dynamic);
    if (!tables) return tables.problem();
    if (!take_symbols(tables.value(), out))
        return damaged(elf, "the names of its symbols are longer than any names are");
    out.names_ = std::move(tables.value().names);
    return out;
}

}  // namespace tenon::loader
