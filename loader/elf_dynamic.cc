// The dynamic section of a shared object: names and symbols.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "loader/elf.h"

namespace tenon::loader {

namespace {

constexpr std::uint64_t max_dynamic_entries = 4096;
constexpr std::size_t max_needed = 1024;
constexpr std::size_t max_string = 4096;
constexpr std::uint64_t max_buckets = 1u << 20;
constexpr std::uint64_t max_chain = 1u << 16;
constexpr std::uint64_t max_symbols = 1u << 20;

// The head of a DT_GNU_HASH table; behind it come the bloom filter, the buckets and the chains.
struct GnuHash {
    std::uint32_t buckets;
    std::uint32_t first_symbol;
    std::uint32_t bloom_words;
    std::uint32_t bloom_shift;

    bool sane() const { return buckets > 0 && buckets <= max_buckets && bloom_words <= max_buckets; }
    std::uint64_t bucket(std::uint64_t index) const {
        return sizeof(GnuHash) + std::uint64_t{bloom_words} * 8 + index * 4;
    }
    std::uint64_t chain(std::uint64_t symbol) const { return bucket(buckets) + (symbol - first_symbol) * 4; }
};

// The head of a DT_HASH table; behind it come the buckets and the chains.
struct OldHash {
    std::uint32_t buckets;
    std::uint32_t symbols;

    bool sane() const { return buckets > 0 && buckets <= max_buckets && symbols <= max_symbols; }
    std::uint64_t bucket(std::uint64_t index) const { return sizeof(OldHash) + index * 4; }
    std::uint64_t chain(std::uint64_t symbol) const { return bucket(buckets) + symbol * 4; }
};

std::uint32_t gnu_hash(std::string_view name) {
    std::uint32_t hash = 5381;
    for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(c);
    return hash;
}

std::uint32_t old_hash(std::string_view name) {
    std::uint32_t hash = 0;
    for (const char c : name) {
        hash = (hash << 4) + static_cast<unsigned char>(c);
        const std::uint32_t high = hash & 0xf0000000u;
        hash = (hash ^ (high >> 24)) & ~high;
    }
    return hash;
}

constexpr std::int64_t tag_relr = 36, tag_relr_size = 35, tag_relr_entry = 37;  // unknown to older headers

// A table of the dynamic section is told by several entries, and the dynamic linker asserts (which ends the process) or
// crashes when one of them is missing: typically because the end of the file was never written.
struct Table {
    const char* name;
    std::int64_t address;
    std::int64_t size;         // in bytes; 0: nobody tells
    std::int64_t entry;        // 0: none
    std::uint64_t entry_size;  // what the value of `entry` must be
};
constexpr Table tables[] = {
    {"string table", DT_STRTAB, DT_STRSZ, 0, 0},
    {"symbol table", DT_SYMTAB, 0, DT_SYMENT, sizeof(Elf64_Sym)},
    {"relocation table", DT_RELA, DT_RELASZ, DT_RELAENT, sizeof(Elf64_Rela)},
    {"packed relocation table", tag_relr, tag_relr_size, tag_relr_entry, sizeof(std::uint64_t)},
    {"table of bindings", DT_JMPREL, DT_PLTRELSZ, DT_PLTREL, DT_RELA},
    {"table of constructors", DT_INIT_ARRAY, DT_INIT_ARRAYSZ, 0, 0},
    {"table of destructors", DT_FINI_ARRAY, DT_FINI_ARRAYSZ, 0, 0},
};

class Entries {
public:
    explicit Entries(const std::vector<Elf64_Dyn>& all) : all_(all) {}

    // The last one counts, as for the dynamic linker.
    std::optional<std::uint64_t> find(std::int64_t tag) const {
        const auto at = std::find_if(all_.rbegin(), all_.rend(), [&](const Elf64_Dyn& e) { return e.d_tag == tag; });
        if (at == all_.rend()) return {};
        return at->d_un.d_val;
    }
    std::uint64_t value(std::int64_t tag) const { return find(tag).value_or(0); }
    bool has(std::int64_t tag) const { return find(tag).has_value(); }

    // The name of the first table that is told only in part, or nullptr.
    const char* incomplete() const {
        for (const Table& table : tables) {
            if (!has(table.address) && value(table.size) != 0) return table.name;
            if (!has(table.address)) continue;
            if (table.size != 0 && !has(table.size)) return table.name;
            if (table.entry != 0 && value(table.entry) != table.entry_size) return table.name;
        }
        if (has(DT_VERNEED) && (!has(DT_VERNEEDNUM) || !has(DT_VERSYM))) return "table of needed versions";
        if (has(DT_VERDEF) && (!has(DT_VERDEFNUM) || !has(DT_VERSYM))) return "table of defined versions";
        return nullptr;
    }

private:
    const std::vector<Elf64_Dyn>& all_;
};

bool is_name(std::int64_t tag) {
    return tag == DT_NEEDED || tag == DT_SONAME || tag == DT_RPATH || tag == DT_RUNPATH;
}

// Most flags have two places: an entry of their own, and a bit.
void take_flags(const Entries& told, Dynamic& out) {
    const std::uint64_t flags = told.value(DT_FLAGS), more = told.value(DT_FLAGS_1);
    out.no_delete = (more & DF_1_NODELETE) != 0;
    out.no_default_folders = (more & DF_1_NODEFLIB) != 0;
    out.bind_now = (flags & DF_BIND_NOW) != 0 || (more & DF_1_NOW) != 0 || told.has(DT_BIND_NOW);
    out.text_relocations = (flags & DF_TEXTREL) != 0 || told.has(DT_TEXTREL);
    out.symbolic = (flags & DF_SYMBOLIC) != 0 || told.has(DT_SYMBOLIC);
    out.static_tls = (flags & DF_STATIC_TLS) != 0;
    out.constructors = told.value(DT_INIT_ARRAYSZ) / sizeof(std::uint64_t);
}

void take_versions(const Entries& told, Dynamic& out) {
    out.symbol_versions = told.value(DT_VERSYM);
    out.needed_versions = told.value(DT_VERNEED);
    out.needed_versions_count = told.value(DT_VERNEEDNUM);
    out.defined_versions = told.value(DT_VERDEF);
    out.defined_versions_count = told.value(DT_VERDEFNUM);
}

}  // namespace

base::Result<Dynamic> Elf::dynamic() const {
    const auto segment = std::find_if(segments_.begin(), segments_.end(),
                                      [](const Elf64_Phdr& candidate) { return candidate.p_type == PT_DYNAMIC; });
    if (segment == segments_.end()) return bad("has no dynamic section");
    const std::uint64_t count = segment->p_filesz / sizeof(Elf64_Dyn);
    if (count > max_dynamic_entries) return bad(fmt::format("its dynamic section has {} entries", count));
    std::vector<Elf64_Dyn> entries(count);
    if (!read_at(segment->p_vaddr, entries.data(), count * sizeof(Elf64_Dyn)))
        return bad("its dynamic section is not in a loadable segment");
    const auto end =
        std::find_if(entries.begin(), entries.end(), [](const Elf64_Dyn& e) { return e.d_tag == DT_NULL; });
    if (end == entries.end()) return bad("its dynamic section has no end");
    entries.erase(end, entries.end());

    const Entries told(entries);
    if (const char* const table = told.incomplete())
        return bad(fmt::format("its dynamic section tells only a part of its {}", table));
    if (!told.has(DT_STRTAB) || !told.has(DT_SYMTAB)) return bad("its dynamic section has no symbols or no strings");
    for (const Table& table : tables)
        if (table.size != 0 && told.value(table.size) != 0 &&
            !offset_of(told.value(table.address), told.value(table.size)))
            return bad(fmt::format("its {} is not in a loadable segment", table.name));
    Dynamic out;
    out.strings = told.value(DT_STRTAB);
    out.strings_size = told.value(DT_STRSZ);
    out.symbols = told.value(DT_SYMTAB);
    out.gnu_hash = told.value(DT_GNU_HASH);
    out.hash = told.value(DT_HASH);
    out.relocations = told.value(DT_RELA);
    out.relocations_size = told.value(DT_RELASZ);
    out.packed_relocations = told.has(tag_relr);
    take_flags(told, out);
    take_versions(told, out);
    for (const Elf64_Dyn& entry : entries) {
        if (!is_name(entry.d_tag)) continue;
        const std::optional<std::string> text = string(out, entry.d_un.d_val);
        if (!text || out.needed.size() == max_needed) return bad("the names in its dynamic section are damaged");
        if (entry.d_tag == DT_SONAME) out.soname = *text;
        if (entry.d_tag == DT_NEEDED) out.needed.push_back(*text);
        if (entry.d_tag == DT_RPATH) out.rpath = *text;
        if (entry.d_tag == DT_RUNPATH) out.runpath = *text;
    }
    return out;
}

std::optional<std::string> Elf::string(const Dynamic& dynamic, std::uint64_t offset) const {
    std::string text;
    char chunk[128];
    while (offset < dynamic.strings_size && text.size() < max_string && offset <= UINT64_MAX - dynamic.strings) {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(sizeof chunk, dynamic.strings_size - offset));
        if (!read_at(dynamic.strings + offset, chunk, wanted)) return {};
        const std::size_t length = ::strnlen(chunk, wanted);
        text.append(chunk, length);
        if (length < wanted) return text;
        offset += wanted;
    }
    return {};
}

bool Elf::named(const Dynamic& dynamic, const Elf64_Sym& symbol, std::string_view name) const {
    char found[64];
    const std::size_t size = name.size() + 1;
    if (size > sizeof found || symbol.st_name > dynamic.strings_size) return false;
    if (size > dynamic.strings_size - symbol.st_name || symbol.st_name > UINT64_MAX - dynamic.strings) return false;
    if (!read_at(dynamic.strings + symbol.st_name, found, size)) return false;
    return found[name.size()] == '\0' && std::memcmp(found, name.data(), name.size()) == 0;
}

base::Result<Elf64_Sym> Elf::symbol_at(const Dynamic& dynamic, std::uint64_t index) const {
    Elf64_Sym symbol{};
    if (index >= max_symbols || dynamic.symbols >= UINT64_MAX / 2 ||
        !read_at(dynamic.symbols + index * sizeof symbol, &symbol, sizeof symbol))
        return bad(fmt::format("its dynamic symbol {} is not in the file", index));
    return symbol;
}

base::Result<std::optional<Elf64_Sym>> Elf::symbol(const Dynamic& dynamic, std::string_view name) const {
    if (dynamic.gnu_hash != 0) return find_by_gnu_hash(dynamic, name);
    if (dynamic.hash != 0) return find_by_hash(dynamic, name);
    return bad("has no hash table of its symbols");
}

base::Result<std::optional<Elf64_Sym>> Elf::find_by_gnu_hash(const Dynamic& dynamic, std::string_view name) const {
    const base::Problem damaged = bad("its DT_GNU_HASH table is damaged");
    const std::uint64_t table = dynamic.gnu_hash;
    GnuHash head{};
    if (table >= UINT64_MAX / 2 || !read_at(table, &head, sizeof head) || !head.sane()) return damaged;
    const std::uint32_t wanted = gnu_hash(name);
    std::uint32_t first = 0;
    if (!read_at(table + head.bucket(wanted % head.buckets), &first, sizeof first)) return damaged;
    if (first == 0) return std::optional<Elf64_Sym>();
    if (first < head.first_symbol) return damaged;
    for (std::uint64_t index = first; index < first + max_chain; ++index) {
        std::uint32_t hash = 0;
        if (!read_at(table + head.chain(index), &hash, sizeof hash)) return damaged;
        if ((hash | 1u) == (wanted | 1u)) {
            base::Result<Elf64_Sym> symbol = symbol_at(dynamic, index);
            if (!symbol) return symbol.problem();
            if (named(dynamic, symbol.value(), name)) return std::optional<Elf64_Sym>(symbol.value());
        }
        if ((hash & 1u) != 0) return std::optional<Elf64_Sym>();
    }
    return damaged;
}

base::Result<std::optional<Elf64_Sym>> Elf::find_by_hash(const Dynamic& dynamic, std::string_view name) const {
    const base::Problem damaged = bad("its DT_HASH table is damaged");
    const std::uint64_t table = dynamic.hash;
    OldHash head{};
    if (table >= UINT64_MAX / 2 || !read_at(table, &head, sizeof head) || !head.sane()) return damaged;
    std::uint64_t place = head.bucket(old_hash(name) % head.buckets);
    for (std::uint64_t step = 0; step < max_chain; ++step) {
        std::uint32_t index = 0;
        if (!read_at(table + place, &index, sizeof index)) return damaged;
        if (index == 0) return std::optional<Elf64_Sym>();
        base::Result<Elf64_Sym> symbol = symbol_at(dynamic, index);
        if (!symbol) return symbol.problem();
        if (named(dynamic, symbol.value(), name)) return std::optional<Elf64_Sym>(symbol.value());
        place = head.chain(index);
    }
    return damaged;
}

base::Result<std::uint64_t> Elf::symbol_count(const Dynamic& dynamic) const {
    const base::Problem damaged = bad("the hash table of its symbols is damaged");
    if (dynamic.gnu_hash == 0) {
        OldHash head{};
        if (dynamic.hash == 0 || !read_at(dynamic.hash, &head, sizeof head) || !head.sane()) return damaged;
        return std::uint64_t{head.symbols};
    }
    GnuHash head{};
    const std::uint64_t table = dynamic.gnu_hash;
    if (table >= UINT64_MAX / 2 || !read_at(table, &head, sizeof head) || !head.sane()) return damaged;
    std::vector<std::uint32_t> buckets(head.buckets);
    if (!read_at(table + head.bucket(0), buckets.data(), buckets.size() * 4)) return damaged;
    std::uint64_t last = *std::max_element(buckets.begin(), buckets.end());
    if (last < head.first_symbol) return std::uint64_t{0};
    // To the end of the last chain, some symbols at a time.
    while (last < max_symbols) {
        const std::string hashes = bytes_from(table + head.chain(last), 64 * sizeof(std::uint32_t));
        if (hashes.size() < sizeof(std::uint32_t)) return damaged;
        for (std::size_t at = 0; at + sizeof(std::uint32_t) <= hashes.size(); at += sizeof(std::uint32_t), ++last)
            if ((static_cast<unsigned char>(hashes[at]) & 1u) != 0) return last + 1;
    }
    return damaged;
}

base::Check Elf::each_symbol(const Dynamic& dynamic, const std::function<bool(const Elf64_Sym&)>& visit) const {
    base::Result<std::uint64_t> count = symbol_count(dynamic);
    if (!count) return count.problem();
    for (std::uint64_t index = 1; index < count.value(); ++index) {
        base::Result<Elf64_Sym> symbol = symbol_at(dynamic, index);
        if (!symbol) return symbol.problem();
        if (symbol.value().st_shndx != SHN_UNDEF && !visit(symbol.value())) return {};
    }
    return {};
}

}  // namespace tenon::loader
