// libelf is the oracle: what it says of the system's libraries by their sections, our reader must say by their program
// headers.
#include "loader/elf.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

#include "tests/unit/loader/fixtures.h"

using namespace tenon::loader;

namespace {

struct Facts {
    std::uint16_t machine = 0;
    std::vector<std::string> needed;
    std::string soname;
    std::string build_id;
    std::vector<std::pair<std::string, std::uint64_t>> symbols;  // some that are defined, with their values
    std::set<std::pair<std::string, std::uint64_t>> all;
    std::size_t defined = 0;  // several versions of a symbol are several symbols
};

std::string hexadecimal(const unsigned char* bytes, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", bytes[i]);
        text += digits;
    }
    return text;
}

void take_dynamic(::Elf* elf, Elf_Data* data, const GElf_Shdr& header, Facts& facts) {
    GElf_Dyn entry;
    for (int i = 0; gelf_getdyn(data, i, &entry) != nullptr && entry.d_tag != DT_NULL; ++i) {
        if (entry.d_tag == DT_NEEDED) facts.needed.emplace_back(elf_strptr(elf, header.sh_link, entry.d_un.d_val));
        if (entry.d_tag == DT_SONAME) facts.soname = elf_strptr(elf, header.sh_link, entry.d_un.d_val);
    }
}

void take_notes(Elf_Data* data, Facts& facts) {
    GElf_Nhdr note;
    std::size_t name = 0, payload = 0;
    for (std::size_t at = 0; (at = gelf_getnote(data, at, &note, &name, &payload)) != 0;) {
        const auto* bytes = static_cast<const unsigned char*>(data->d_buf);
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(bytes + name, "GNU", 4) == 0)
            facts.build_id = hexadecimal(bytes + payload, note.n_descsz);
    }
}

void take_symbols(::Elf* elf, Elf_Data* data, const GElf_Shdr& header, Facts& facts) {
    GElf_Sym symbol;
    for (int i = 1; gelf_getsym(data, i, &symbol) != nullptr; ++i) {
        if (symbol.st_shndx == SHN_UNDEF || GELF_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
        const std::string name = elf_strptr(elf, header.sh_link, symbol.st_name);
        facts.all.emplace(name, symbol.st_value);
        ++facts.defined;
        if (i % 37 == 0 && name.size() < 60) facts.symbols.emplace_back(name, symbol.st_value);
    }
}

// Nothing if libelf finds no dynamic section.
std::optional<Facts> ask_libelf(const std::string& path) {
    const tenon::base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const std::unique_ptr<::Elf, decltype(&elf_end)> elf(elf_begin(fd.get(), ELF_C_READ, nullptr), &elf_end);
    if (elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF || gelf_getclass(elf.get()) != ELFCLASS64) return {};
    Facts facts;
    GElf_Ehdr file;
    if (gelf_getehdr(elf.get(), &file) == nullptr) return {};
    facts.machine = file.e_machine;
    bool dynamic = false;
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section)) != nullptr;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == nullptr) return {};
        Elf_Data* const data = elf_getdata(section, nullptr);
        if (data == nullptr) continue;
        if (header.sh_type == SHT_DYNAMIC) take_dynamic(elf.get(), data, header, facts), dynamic = true;
        if (header.sh_type == SHT_NOTE) take_notes(data, facts);
        if (header.sh_type == SHT_DYNSYM) take_symbols(elf.get(), data, header, facts);
    }
    return dynamic ? std::optional(facts) : std::nullopt;
}

// Each file of the folder that the C library came from, once: links lead to others of them.
std::vector<std::string> system_libraries() {
    Dl_info libc{};
    REQUIRE(::dladdr(::dlsym(RTLD_DEFAULT, "gnu_get_libc_version"), &libc) != 0);
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(libc.dli_fname).parent_path()))
        if (entry.is_regular_file() && !entry.is_symlink() &&
            entry.path().filename().string().find(".so") != std::string::npos)
            paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

// Without the first symbol, which is none, and local ones, which only sections have.
std::size_t defined_symbols(const tenon::loader::Elf& elf, const Dynamic& dynamic) {
    std::size_t count = 0;
    CHECK_FALSE(elf.each_symbol(dynamic, [&](const Elf64_Sym& symbol) {
        count += ELF64_ST_BIND(symbol.st_info) != STB_LOCAL;
        return true;
    }));
    return count;
}

void compare_with_libelf(const tenon::loader::Elf& ours, const Facts& facts) {
    const auto dynamic = ours.dynamic();
    REQUIRE(dynamic);
    CHECK(ours.machine() == facts.machine);
    CHECK(dynamic.value().needed == facts.needed);
    CHECK(dynamic.value().soname == facts.soname);
    CHECK(ours.build_id().value() == facts.build_id);
    CHECK_FALSE(ours.note("org.tenon/1").value());
    for (const auto& [name, value] : facts.symbols) {
        const auto symbol = ours.symbol(dynamic.value(), name);
        REQUIRE(symbol);
        REQUIRE(symbol.value());
        CHECK(facts.all.count({name, symbol.value()->st_value}) == 1);
    }
    CHECK_FALSE(ours.symbol(dynamic.value(), "no_library_has_this_symbol").value());
    CHECK(defined_symbols(ours, dynamic.value()) == facts.defined);
}

}  // namespace

TEST_CASE("the reader and libelf agree about the system's libraries") {
    REQUIRE(elf_version(EV_CURRENT) != EV_NONE);
    int libraries = 0;
    std::size_t symbols = 0;
    for (const std::string& path : system_libraries()) {
        INFO(path);
        auto source = FileSource::open(path);
        REQUIRE(source);
        const auto ours = tenon::loader::Elf::open(source.value(), path);
        const std::optional<Facts> facts = ask_libelf(path);
        REQUIRE(ours.ok() == facts.has_value());
        if (!facts) continue;
        compare_with_libelf(ours.value(), *facts);
        symbols += facts->symbols.size();
        ++libraries;
    }
    CHECK(libraries >= 100);
    CHECK(symbols >= 1000);
}
